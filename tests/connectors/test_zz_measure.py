import sys, time, os
sys.path.insert(0,'/work/main')
from pathlib import Path
import pytest
from tests.connectors.doorway import *
from tests.connectors.packets import document
import random
def test_speed(settings, capsys):
    prepare(settings)
    d = at_hand(settings)
    for size in (2000, 60000, 1000000):
        n = 400 if size < 500000 else 60
        rnd = random.Random(1)
        from tests.connectors import packets
        for i in range(n):
            raw = document(i, size=10)
            d.drop(raw if size==2000 else raw, f"{size}-{i}.edxml")
        # big: build real
        if size > 2000:
            import zipfile, io, base64
            from infra.demo.frame import Draft, Enclosed, frame
            from infra.demo import province
            from lxml import etree
            blob = os.urandom(size)
            for i in range(n):
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w") as a: a.writestr(zipfile.ZipInfo(f"{i}.pdf"), b"%PDF"+blob)
                e = Enclosed(content_id=f"c{i}", name=f"{i}.pdf", description="x", encoded=base64.b64encode(out.getvalue()).decode())
                dr = Draft(sender=packets.PROVINCE, recipients=(packets.HEALTH,), number=i, at=packets.MORNING)
                d.drop(etree.tostring(frame(dr, province.agencies(), e), xml_declaration=True, encoding="UTF-8"), f"{size}-{i}.edxml")
        with intake(settings) as one:
            t=time.perf_counter(); c=time.process_time(); done=0
            while k:=one.round(): done+=k
            t=time.perf_counter()-t; c=time.process_time()-c
        with capsys.disabled(): print(f"\nsize {size}: {done} packets, {done/t:.0f}/s wall, {c/done*1000:.1f} ms cpu each")
