# SPDX-License-Identifier: MIT
# attack: take all of the host's memory, object by object
# protection: --memory 128m without swap; the guest survives and reports
# expect: {"error": "Memory limit exceeded (128 MB)"}
# nasty: yes
# default: breach
taken = []
for _ in range(256):
    taken.append(b"x" * (1 << 20))
print(f"BREACH: {len(taken)} MiB")
