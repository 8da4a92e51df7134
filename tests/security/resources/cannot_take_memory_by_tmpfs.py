# SPDX-License-Identifier: MIT
# attack: fill the tmpfs and then the memory, so that PID 1 is killed instead
# protection: tmpfs sizes are a quarter of the memory; oom_score_adj 1000
# expect: {"error": "Memory limit exceeded (128 MB)", "output": "HELD: the tmpfs are full"}
# nasty: yes
# default: breach
for folder in ("/box", "/tmp", "/dev/shm"):
    try:
        for number in range(3):
            with open(f"{folder}/big{number}", "wb", buffering=0) as file:
                for _ in range(15):
                    file.write(b"x" * (1 << 20))
    except OSError:
        pass
    else:
        print(f"BREACH: {folder} takes 45 MiB", flush=True)
        raise SystemExit
print("HELD: the tmpfs are full", flush=True)
taken = []
while len(taken) < 256:
    taken.append(b"x" * (1 << 20))
print("BREACH: and 256 MiB more")
