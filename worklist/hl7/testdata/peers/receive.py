# A receiver by python3-hl7: prints what it read of each message as a line of JSON,
# and acknowledges it.
import asyncio, json
import hl7
from hl7.mllp import start_hl7_server

async def serve(reader, writer):
    try:
        while True:
            m = await reader.readmessage()
            texts = [[str(x[3][0][0]) if str(x[3]) else "", m.unescape(str(x[5]))] for x in m.segments("OBX") if str(x[2]) == "TX"]
            pid = m.segment("PID")
            print(json.dumps({"id": str(m.segment("MSH")[10]), "patient": m.unescape(str(pid[3][0][0])), "family": m.unescape(str(pid[5][0][0])),
                "status": str(m.segment("OBR")[25]), "texts": texts}), flush=True)
            writer.writemessage(m.create_ack())
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()

async def main():
    server = await start_hl7_server(serve, host="127.0.0.1", port=0, encoding="utf-8")
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()

asyncio.run(main())
