# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2154 # build.sh has root, work and base
#
# The kind python-sci: numpy, pandas, matplotlib, sympy and pillow besides
# Python. build.sh calls the functions, with the tree in $root.

[ -z "$base" ] ||
	die "--base has its own packages: it goes with --kind python only."

# All of them unpacked alone: their dependencies would bring in Tk, fontconfig,
# scipy, lxml and jQuery, none of which an import needs. What is missing among
# libraries is found by check_libraries.
#
# OpenBLAS is the build without threads: two of them on half a core are slower
# than one, and each costs a buffer and one of the processes a sandbox may have.
lone_packages="$lone_packages
	python3-numpy python3-pandas python3-pandas-lib python3-matplotlib
	python-matplotlib-data python3-sympy python3-mpmath python3-pil
	python3-contourpy python3-cycler python3-dateutil python3-fonttools
	python3-kiwisolver python3-packaging python3-pyparsing python3-six
	python3-tz
	libopenblas0-serial libgfortran5 libquadmath0 libstdc++6 libgomp1
	libqhull-r8.0 libfreetype6 libpng16-16 libbrotli1 libraqm0
	libharfbuzz0b libfribidi0 libglib2.0-0 libgraphite2-3 libimagequant0
	libjpeg62-turbo liblcms2-2 libopenjp2-7 libtiff6 libdeflate0 libjbig0
	liblerc4 libzstd1 libwebp7 libwebpdemux2 libwebpmux3
	libxcb1 libxau6 libxdmcp6 libbsd0 libmd0"

modules=/usr/lib/python3/dist-packages
compiled_folders="$compiled_folders $modules"
# Of these the guest passes on what concerns threads and plots.
environment="$environment,\"MPLBACKEND=agg\""
environment="$environment,\"OMP_NUM_THREADS=1\",\"OPENBLAS_NUM_THREADS=1\""

# Where matplotlib looks for its settings and for the list of its fonts.
mpl_folder=/usr/share/matplotlib/config

# edit FILE WHAT SED_SCRIPT: dies when there is nothing to edit, or a new
# version of a package would quietly lose what the edit is for.
edit() {
	sed -i "$3" "$root$1"
	grep -q "$2" "$root$1" ||
		die "$1 is not what it was: look at the new version of its package."
}

# Left out: tests, what compiles against numpy, buttons of windows, and what
# works only together with packages that are not here.
remove_modules() {
	(
		cd "$root$modules" || exit
		rm -rf matplotlib-*-nspkg.pth matplotlib/sphinxext \
		    matplotlib/backends/_tkagg*.so \
		    matplotlib/backends/web_backend \
		    numpy/core/include numpy/core/lib numpy/random/lib \
		    numpy/random/_examples numpy/distutils numpy/f2py \
		    pandas/conftest.py sympy/integrals/rubi sympy/conftest.py
		find . -depth -type d \( -name tests -o -name benchmarks \) \
		    -exec rm -rf {} +
		find . -type f \( -name '*.pxd' -o -name '*.pyi' -o -name '*.pyx' \
		    -o -name '*.h' -o -name '*.c' -o -name '*.a' \) -delete
		rm -rf ../../python3.11/dist-packages
	)
}

# glib comes for one of its libraries, libstdc++ with scripts for debuggers.
remove_files() {
	(
		cd "$root/usr" || exit
		rm -rf lib/*/libgio-2.0.so* lib/*/libgobject-2.0.so* \
		    lib/*/libgmodule-2.0.so* lib/*/libgthread-2.0.so* \
		    lib/*/glib-2.0 \
		    share/glib-2.0 share/numpy3 share/perl5 share/menu \
		    share/doc-base \
		    share/applications share/pixmaps share/mime share/icons \
		    share/matplotlib/matplotlib.conf \
		    share/matplotlib/mpl-data/images
		rm -f bin/f2py* bin/dh_numpy3 bin/fonttools bin/pyftmerge \
		    bin/pyftsubset bin/ttx
	)
}

# What update-alternatives would do.
link_blas() {
	for file in "$root"/usr/lib/*/openblas-serial/lib*.so.[0-9]; do
		ln -sf "openblas-serial/${file##*/}" \
		    "${file%/*/*}/${file##*/}"
	done
}

# The stock matplotlib makes folders below $HOME, which is /box and empty in
# each run, and a list of fonts in there, which takes seconds. Here it finds
# them made; a program may still set MPLCONFIGDIR.
prepare_matplotlib() {
	mkdir "$root$mpl_folder"
	edit "$modules/matplotlib/__init__.py" "return \"$mpl_folder\"" \
	    "s|configdir = Path(xdg_base_getter(), \"matplotlib\")|return \"$mpl_folder\"|"
	for file in /etc/matplotlibrc \
	    /usr/share/matplotlib/mpl-data/matplotlibrc; do
		edit "$file" '^backend: agg$' \
		    's/^\(##\)\?backend: [A-Za-z]*$/backend: agg/'
	done
}

prepare_kind() {
	remove_modules
	remove_files
	link_blas
	prepare_matplotlib
	rm -rf "$root/usr/share/doc" "$root/usr/share/python3"
}

# Pillow looks for fonts by name, below here.
link_fonts() {
	mkdir -p "$root/usr/share/fonts/truetype/dejavu"
	for file in "$root"/usr/share/matplotlib/mpl-data/fonts/ttf/DejaVu*; do
		ln -s "../../../matplotlib/mpl-data/fonts/ttf/${file##*/}" \
		    "$root/usr/share/fonts/truetype/dejavu/"
	done
}

# The fonts in an order that does not depend on the disk's.
finish_kind() {
	env -i PATH=/usr/bin:/usr/sbin LANG=C.UTF-8 HOME=/box \
	    PYTHONHASHSEED=0 chroot "$root" python3.11 -B -c '
import sys
from matplotlib import font_manager as f
fonts = f.FontManager()
fonts.ttflist.sort(key=lambda font: font.fname)
fonts.afmlist.sort(key=lambda font: font.fname)
f.json_dump(fonts, f"{sys.argv[1]}/fontlist-v{fonts.__version__}.json")
' "$mpl_folder" || die "matplotlib can not list its fonts: see above."
	link_fonts
}

# Each shared object of the new image with all that it needs, as ldd does it.
check_libraries() {
	loader=$(cd "$root" && echo lib*/ld-linux-*.so.*)
	find "$root/usr/lib" -name '*.so*' -type f ! -name 'ld-linux*' \
	    -printf '/usr/lib/%P\n' | while read -r file; do
		chroot "$root" env LD_TRACE_LOADED_OBJECTS=1 "/$loader" "$file" \
		    >"$work/needed" 2>&1 || echo "$file can not be loaded."
		sed -n "s,^[[:space:]]*\(.*\) => not found,$file needs \1.,p" \
		    "$work/needed"
	done >"$work/missing"
	[ ! -s "$work/missing" ] || {
		cat "$work/missing" >&2
		die "libraries are missing: see above."
	}
}

check_kind() {
	check_libraries
	env -i PATH=/usr/bin:/usr/sbin LANG=C.UTF-8 HOME=/box chroot "$root" \
	    python3.11 -B -W error::UserWarning -c '
import numpy.fft, numpy.linalg, numpy.random, numpy.testing
import pandas.plotting, pandas.testing
import PIL.Image, PIL.ImageDraw, PIL.ImageFont
import matplotlib.backends.backend_pdf, matplotlib.backends.backend_svg
import matplotlib.pyplot, mpl_toolkits.mplot3d
import sympy.plotting, sympy.stats
assert matplotlib.get_backend() == "agg"
PIL.ImageFont.truetype("DejaVuSans.ttf", 12)
import os
assert os.listdir("/box") == os.listdir("/tmp") == []
' || die "the modules do not work: see the message above."
}
