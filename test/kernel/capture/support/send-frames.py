"""Sends frames as they are. Reads commands, one a line: DEVICE TIMES FRAME..., the frames in
hexadecimal; answers each with a line once all frames are out."""

import socket
import sys

for command in sys.stdin:
    device, times, *frames = command.split()
    frames = [bytes.fromhex(frame) for frame in frames]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((device, 0))
        for _ in range(int(times)):
            for frame in frames:
                out.send(frame)
    print("sent", flush=True)
