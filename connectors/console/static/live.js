// Renews the figures of the live page from /live/stream and draws two charts; without scripts the page shows the figures of its loading.
"use strict";
(() => {
  const KEPT = 900;
  const columns = [[], [], []];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const seconds = document.querySelector(".flow").dataset.seconds;
  const clock = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" });
  const hour = (at) => clock.format(new Date(at * 1e3));
  const shown = {
    received: (value) => value.toFixed(1),
    written: (value) => value.toFixed(1),
    dwell: (value) => (value === null ? "–" : seconds.replace("#", Number(value.toPrecision(2)))),
  };

  const chart = (id, stroke) => {
    const place = document.getElementById(id);
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
    const options = {
      width: place.clientWidth, height: 180, legend: { show: false }, cursor: { show: false },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1e3), "Asia/Ho_Chi_Minh"),
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(high || 0, 1) * 1.1] } },
      axes: [{ ...axis, values: (_plot, at) => at.map(hour) }, { ...axis, size: 60 }],
      series: [{}, { stroke: colour(stroke), width: 2, points: { show: false }, spanGaps: true }],
    };
    const made = new uPlot(options, [[], []], place);
    addEventListener("resize", () => made.setSize({ width: place.clientWidth, height: 180 }));
    return made;
  };
  const charts = [chart("throughput", "--accent"), chart("latency", "--warn")];
  const draw = () => charts.forEach((each, number) => each.setData([columns[0], columns[number + 1]]));

  const show = (figures) => {
    for (const process of figures.processes) {
      const card = document.querySelector(`[data-process="${process.name}"]`);
      if (!card) continue;
      card.classList.toggle("off", !process.instances);
      for (const place of card.querySelectorAll("[data-figure]")) {
        const name = place.dataset.figure;
        place.textContent = (shown[name] || String)(process[name]);
        place.classList.toggle("late", name === "letters" && process.letters > 0);
      }
    }
    for (const place of document.querySelectorAll("[data-duty]")) place.textContent = figures.duties[place.dataset.duty] || 0;
    if (columns[0].length && figures.at <= columns[0].at(-1)) return; // a clock that stands still draws no line
    const slowest = figures.processes.map((each) => each.dwell).filter((value) => value !== null);
    columns[0].push(figures.at);
    columns[1].push(figures.processes.reduce((sum, each) => sum + each.written, 0));
    columns[2].push(slowest.length ? Math.max(...slowest) : null);
    for (const column of columns) if (column.length > KEPT) column.shift();
    draw();
  };

  const source = new EventSource("/live/stream");
  const away = document.getElementById("away");
  source.addEventListener("open", () => { away.hidden = true; });
  source.addEventListener("error", () => { away.hidden = false; });
  source.addEventListener("history", (said) => {
    JSON.parse(said.data).forEach((column, number) => { columns[number].splice(0, columns[number].length, ...column); });
    draw();
  });
  source.addEventListener("figures", (said) => show(JSON.parse(said.data)));
  source.addEventListener("end", () => { source.close(); location.assign("/login"); });
})();
