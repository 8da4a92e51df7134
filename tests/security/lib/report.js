/* SPDX-License-Identifier: MIT */
/* What verify found: as a table for a terminal, and as Markdown. */
import os from 'node:os';

const PROTECTION_CHARACTERS = 60;

function
seconds(ms)
{
	return `${(ms / 1000).toFixed(1)} s`;
}

function
cut(text, length)
{
	return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}

/* The findings' rows: attack, protection, result, time. */
function
rows(findings)
{
	return findings.map((f) => [`${f.group}: ${f.title}`, f.protection,
		f.result, seconds(f.ms)]);
}

function
table(findings)
{
	const lines = [['attack', 'protection', 'result', 'time'],
		...rows(findings).map(([attack, protection, ...rest]) =>
			[attack, cut(protection, PROTECTION_CHARACTERS),
				...rest])];
	const widths = lines[0].map((_, i) =>
		Math.max(...lines.map((line) => line[i].length)));
	const text = lines.map((line) => line.map((cell, i) =>
		cell.padEnd(widths[i])).join('  ').trimEnd());

	text.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
	return text.join('\n');
}

/* What a program printed must not become markup. */
function
cell(text)
{
	return text.replace(/[\\|`<>*_[\]]/g, '\\$&').replace(/\s+/g, ' ');
}

function
code_block(text)
{
	return `\`\`\`\n${text.replaceAll('```', "'''").trimEnd()}\n\`\`\`\n`;
}

function
markdown_table(head, lines)
{
	return `${[head, head.map(() => '---'), ...lines]
	    .map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
}

function
count(findings, result)
{
	return findings.filter((f) => f.result === result).length;
}

function
summary(findings)
{
	return `${count(findings, 'held')} held, ` +
	    `${count(findings, 'residual')} known residual risks, ` +
	    `${count(findings, 'GOT THROUGH')} got through`;
}

function
experiment_section(f)
{
	return `### ${f.title}\n\n${code_block(f.code)}\n` +
	    `Answered after ${seconds(f.ms)}:\n\n${code_block(f.answer)}\n` +
	    `${f.result === 'held' ? f.protection : `**Not as expected**: ` +
	    `${cell(f.why)}`}\n`;
}

function
attack_section(group, findings)
{
	return `### ${group}\n\n${markdown_table(
	    ['tried', 'protection', 'result', 'time'],
	    findings.map((f) => [cell(f.attack), cell(f.protection),
		    f.result, seconds(f.ms)]))}`;
}

function
list_section(title, findings, text_of)
{
	if (findings.length === 0)
		return '';
	return `## ${title}\n\n${findings.map((f) => `- ${f.group}, ` +
	    `${f.title}: ${cell(text_of(f))}`).join('\n')}\n`;
}

/* The whole report. */
function
markdown(url, findings)
{
	const tried = findings.filter((f) => f.group !== 'experiment');
	const groups = [...new Set(tried.map((f) => f.group))];

	return ['# Security findings\n',
		`${url}, kernel ${os.release()}, ` +
		`${new Date().toISOString()}: ${summary(findings)}.\n`,
		list_section('What got through', findings.filter((f) =>
			f.result === 'GOT THROUGH'), (f) => f.why),
		'## Experiments\n',
		...findings.filter((f) => f.group === 'experiment')
		    .map(experiment_section),
		'## Attacks\n',
		...groups.map((group) => attack_section(group,
		    tried.filter((f) => f.group === group))),
		list_section('Known residual risks', findings.filter((f) =>
			f.result === 'residual'), (f) => f.residual),
	].filter((text) => text !== '').join('\n');
}

export { table, summary, markdown, seconds };
