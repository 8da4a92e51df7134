# SPDX-License-Identifier: MIT
# attack: an endless loop
# protection: the guest's alarm, the responder's and the lease's deadlines
# timeout: 1
# expect: {"error": "Execution timed out after 1 second"}
# default: skipped, nothing there would end it
while True:
    pass
