# SPDX-License-Identifier: MIT
# attack: learn the host's network from its nameserver and search domains
# protection: --dns 0.0.0.0 --dns-search .
# expect: {"output": "HELD: no server, no domain"}
# default: varies, with a network the host's own are there
breaches = []
for line in open("/etc/resolv.conf"):
    words = line.split()
    if words[:1] == ["nameserver"] and words[1] not in ("127.0.0.1", "::1",
                                                        "0.0.0.0"):
        breaches.append(words[1])
    if words[:1] in (["search"], ["domain"]) and words[1:] != ["."]:
        breaches.append(" ".join(words))
print("BREACH: " + ", ".join(breaches) if breaches
      else "HELD: no server, no domain")
