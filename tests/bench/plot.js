/* SPDX-License-Identifier: MIT */
/* plot.js RESULT: what gnuplot needs to draw it, on standard output. */
import fs from 'node:fs';

const LATENCY = {
	fork_hi: 'isolation = fork',
	fresh_hi: 'POST /run',
	bare_hi: 'python3.11 -c, host',
	docker_hi: 'docker run',
	flask_hi: 'Flask + docker run',
};
const LOOPS = {
	fork: ['isolation = fork', '#7a4fb5'],
	fresh: ['POST /run', '#1f6fb4'],
	docker: ['docker run loop', '#c8501e'],
};
const TERMINAL = [
	"set terminal svg size 860,340 font 'sans-serif,13' background '#ffffff'",
	"set border 3 lc rgb '#555555'",
	"set grid y lc rgb '#dddddd' lt 1",
	'set tics nomirror out',
	"set title font ',14'",
	'set multiplot layout 1,2',
];

/* Bars, shortest first, each with its figure. */
function
latency_lines({ latency })
{
	const rows = Object.entries(LATENCY)
	    .filter(([name]) => latency[name] !== undefined)
	    .map(([name, label], i) => `${i} ${latency[name].p50} "${label}"`);

	return [
		'$latency << EOD', ...rows, 'EOD',
		"set title \"print('hi'), one client: median, ms\"",
		'set logscale y',
		'set yrange [0.5:*]',
		`set xrange [-0.6:${rows.length - 0.4}]`,
		'set style fill solid noborder',
		'set boxwidth 0.6',
		'set xtics rotate by -20 nomirror',
		'unset key',
		"plot $latency using 1:2:xtic(3) with boxes lc rgb '#1f6fb4', " +
		    "'' using 1:2:(sprintf('%.1f', $2)) with labels " +
		    'offset 0,0.7',
	];
}

function
loop_lines({ throughput })
{
	const found = Object.entries(LOOPS)
	    .filter(([name]) => throughput[name] !== undefined);

	return [
		...found.flatMap(([name]) => [`$${name} << EOD`,
			...throughput[name].map((t) =>
				`${t.clients} ${t.runs_a_second}`), 'EOD']),
		"set title \"print('hi'), closed loop: runs a second\"",
		'unset xtics',
		'set xtics nomirror rotate by 0 (1, 8, 32, 128)',
		"set xlabel 'clients'",
		'set logscale x 2',
		'set xrange [0.8:160]',
		'unset logscale y',
		'set yrange [0:*]',
		/* Fifty times as many would leave nothing to be seen. */
		...(throughput.fork === undefined ? [] :
		    ['set logscale y', 'set yrange [1:*]']),
		'set key outside bottom center horizontal',
		`plot ${found.map(([name, [label, colour]]) =>
			`$${name} using 1:2 with linespoints lw 2 pt 7 ps 0.6 ` +
			`lc rgb '${colour}' title '${label}'`).join(', ')}`,
	];
}

const result = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));

console.log([...TERMINAL, ...latency_lines(result), ...loop_lines(result),
	'unset multiplot'].join('\n'));
