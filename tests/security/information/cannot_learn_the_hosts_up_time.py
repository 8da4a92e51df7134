# SPDX-License-Identifier: MIT
# attack: how long the host has been up
# protection: none: CLOCK_BOOTTIME has no namespace without a time namespace
# residual: the clock that programs measure with tells when the host booted
# expect: {"output": "HELD: up for less than a minute"}
# default: varies, a host may have been up for less
import time

up = min(time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic())
print(f"BREACH: up for {up:.0f} s" if up > 60
      else "HELD: up for less than a minute")
