# A sender by python3-hl7: sends the message on standard input twice on one connection
# and prints what was acknowledged. Argument: port.
import sys
import hl7
from hl7.client import MLLPClient

message = sys.stdin.buffer.read().decode("utf-8")
with MLLPClient("127.0.0.1", int(sys.argv[1]), encoding="utf-8") as client:
    for _ in range(2):
        msa = hl7.parse(client.send_message(message).decode("utf-8").strip("\x0b\x1c\r") + "\r").segment("MSA")
        print(str(msa[1]), str(msa[2]), flush=True)
