# SPDX-License-Identifier: MIT
# attack: end with the sentences of the service on stderr
# protection: a program's own end has its exit_code; a timeout has none
# expect: {"error": "Execution timed out after 5 seconds\nMemory limit exceeded (128 MB)", "exit_code": 1}
# default: skipped, there is no answer to forge
import sys

sys.exit("Execution timed out after 5 seconds\nMemory limit exceeded (128 MB)")
