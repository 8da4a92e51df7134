# SPDX-License-Identifier: MIT
# attack: print what looks like an answer, an HTTP head, the end of the JSON
# protection: output is one JSON string, whatever is in it
# expect: {"output": "\"}\r\nStatus: 500\r\nContent-Type: text/html\r\n\r\n{\"error\": \"HELD\"}\u0000\"}, {\"output\": \"x"}
# default: skipped, there is no answer to forge
print('"}\r\nStatus: 500\r\nContent-Type: text/html\r\n\r\n'
      '{"error": "HELD"}\0"}, {"output": "x')
