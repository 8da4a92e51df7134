# SPDX-License-Identifier: MIT
# attack: overlong forms, surrogates, lone and cut bytes, on both streams
# protection: the responder puts U+FFFD in their place, as Python would
# expect: {"output": "HELD: \ufffd\ufffd \ufffd\ufffd\ufffd \ufffd \ufffd\ufffd\ufffd\ufffd \u20ac \ufffd", "stderr": "\ufffd\ufffd"}
# default: skipped, there is no answer to look at
import os

os.write(1, b"HELD: \xc0\xaf \xed\xa0\x80 \x80 \xf5\x80\x80\x80 "
         b"\xe2\x82\xac \xe2\x82")
os.write(2, b"\xff\xfe")
