# SPDX-License-Identifier: MIT
# attack: HTML and script, for a browser that shows the answer
# protection: application/json and nosniff; the page shows text as text
# expect: {"output": "HELD</pre><script>alert(1)</script><img src=x onerror=alert(1)>&lt;\u2028"}
# default: skipped, there is no answer to look at
print("HELD</pre><script>alert(1)</script><img src=x onerror=alert(1)>&lt;"
      "\u2028")
