"use strict";
// Charts of a run, drawn by uPlot: one cursor over pace, cadence, D' and map. The data are what report/charts.py packs.
// A page has the boxes it wants: <div class="chart" data-chart="pace" data-print="700x150">; those it lacks are not drawn.

const Pacer = (() => {
  const PACES_S = [120, 135, 150, 165, 180, 195, 210, 225, 240, 255, 270, 285, 300, 330, 360, 390, 420, 480, 600, 900, 1200];
  const MILE_PACES_S = [240, 270, 300, 330, 360, 390, 420, 450, 480, 510, 540, 570, 600, 660, 720, 780, 900, 1200, 1800];
  const MILES = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
  const MILE_M = 1609.344;
  let perM = 1000; // what a pace is per: a kilometre or a mile
  const TIMES_S = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
  const METRES = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
  const COLOURS = [[47, 104, 200], [135, 90, 190], [222, 80, 40]]; // slow to fast
  const LABEL_PX = 26; // between two paces on the axis
  const CUES = ["", "easy-now", "hold-steady", "push"];
  const drawn = []; // every chart of the page: {box, resize(width, height), redraw()}

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const two = (n) => String(n).padStart(2, "0");

  function sums(steps) {
    let value = 0;
    return steps.map((step) => (value += step));
  }

  function clock(s) {
    s = Math.round(s);
    const minutes = Math.floor(s / 60);
    return minutes < 60 ? `${minutes}:${two(s % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
  }

  function pace(mS, per = perM) {
    if (!(mS > 0.2)) return "-";
    const s = Math.round(per / mS);
    return `${Math.floor(s / 60)}'${two(s % 60)}"`;
  }

  function blend(share) {
    const at = Math.min(1, Math.max(0, share)) * (COLOURS.length - 1);
    const low = Math.min(COLOURS.length - 2, Math.floor(at));
    return `rgb(${COLOURS[low].map((c, k) => Math.round(c + (COLOURS[low + 1][k] - c) * (at - low))).join(" ")})`;
  }

  function share(values, part) {
    const sorted = values.filter((v) => v != null).sort((a, b) => a - b);
    return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : 0;
  }

  // The paces for an axis of speeds, none nearer to the next than a label is high.
  const paceSplits = (per) => (u, axis, min, max) => {
    const px = u.bbox.height / devicePixelRatio / (max - min);
    const out = [];
    for (const s of (per > 1000 ? MILE_PACES_S : PACES_S).slice().reverse()) {
      const v = per / s;
      if (v >= min && v <= max && (!out.length || (v - out[out.length - 1]) * px > LABEL_PX)) out.push(v);
    }
    return out;
  };

  // The speeds worth seeing: the runs' and the targets', not the seconds at a stand.
  function speedRange(speeds, targets) {
    const moving = speeds.filter((v) => v > 1);
    const low = Math.min(share(moving, 0.03), ...targets);
    const high = Math.max(share(moving, 0.995), ...targets);
    return moving.length || targets.length ? [Math.max(0, low * 0.88), high * 1.08] : [0, 4];
  }

  const heard = (u, over, move) => {
    const at = (e) => move(e.clientX - over.getBoundingClientRect().left);
    over.addEventListener("pointermove", at);
    over.addEventListener("pointerdown", at);
  };

  // A uPlot in a box. series: [{values, colour, width, fill, points}]; move(left): the pointer is there.
  function plot(box, x, series, { range, xRange, xIncrs, xValues, splits, values, under, over, move, time = false }) {
    const none = () => null;
    const grid = { stroke: () => colour("grid"), width: 1 };
    const axis = { stroke: () => colour("muted"), grid, ticks: { ...grid, size: 4 }, font: "12px system-ui, sans-serif" };
    const u = new uPlot(
      {
        width: box.clientWidth || 320,
        height: box.clientHeight || 160,
        padding: [8, 10, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: false, y: false, setScale: false },
          points: { size: 8 },
          bind: Object.fromEntries(
            ["mousedown", "mouseup", "click", "dblclick", "mousemove", "mouseleave", "mouseenter"].map((n) => [n, () => null]),
          ),
        },
        select: { show: false },
        scales: { x: { time, range: xRange }, y: { range } },
        axes: [
          { ...axis, size: 26, space: 56, ...(time ? {} : { incrs: xIncrs, values: (u, at) => at.map(xValues) }) },
          { ...axis, size: 48, space: LABEL_PX, ...(splits ? { splits } : {}), values: (u, at) => at.map(values) },
        ],
        series: [
          {},
          ...series.map((s) => ({
            stroke: typeof s.colour === "function" ? s.colour : () => colour(s.colour),
            width: s.width ?? 1.5,
            fill: s.fill ? () => colour(s.fill) : undefined,
            points: s.points ? { show: true, size: s.points, fill: () => colour(s.colour), width: 0 } : { show: false },
            paths: s.width === 0 ? none : undefined,
            spanGaps: false,
          })),
        ],
        hooks: { drawAxes: under ? [under] : [], draw: over ? [over] : [] },
      },
      [x, ...series.map((s) => s.values)],
      box,
    );
    if (move) heard(u, u.over, (left) => move(u, left));
    drawn.push({ box, resize: (width, height) => u.setSize({ width, height }), redraw: () => u.redraw(false, true) });
    return u;
  }

  function unpack(packed) {
    const speed = sums(packed.speed_mm_s).map((v) => v / 1000);
    const x = sums(packed.east_dm).map((v) => v / 10);
    const y = sums(packed.north_dm).map((v) => v / 10);
    for (const [from, to] of packed.nowhere) for (let i = from; i < to; i++) x[i] = y[i] = null;
    return {
      ...packed,
      t: sums(packed.time_ds).map((v) => v / 10),
      speed,
      raw: sums(packed.raw_cm_s).map((v) => (v ? v / 100 : null)),
      cadence: sums(packed.cadence_spm).map((v) => v || null),
      left: sums(packed.balance).map((v) => (v < 0 ? null : v)),
      x,
      y,
    };
  }

  // The targets as areas behind a chart of speed over time, and a line at the end of each step.
  function targets(u, laps) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const lap of laps) {
      const from = u.valToPos(lap.from, "x", true);
      const to = u.valToPos(lap.to, "x", true);
      ctx.fillStyle = colour("grid");
      ctx.fillRect(to, bbox.top, 1, bbox.height);
      if (!lap.fast) continue;
      const y = (v) => u.valToPos(v, "y", true);
      const thick = 3 * devicePixelRatio; // a single pace is seen, too
      const edges = lap.fast.map((v, k) => {
        const [high, low] = [y(v), y(lap.slow[k])];
        const more = Math.max(0, thick - (low - high)) / 2;
        return [high - more, low + more];
      });
      ctx.fillStyle = colour("target");
      ctx.beginPath();
      ctx.moveTo(from, edges[0][0]);
      ctx.lineTo(to, edges[1][0]);
      ctx.lineTo(to, edges[1][1]);
      ctx.lineTo(from, edges[0][1]);
      ctx.fill();
    }
    ctx.restore();
  }

  function cueMarks(u, cues, t, speed) {
    const { ctx, bbox } = u;
    const r = 5 * devicePixelRatio;
    for (const cue of cues) {
      const i = nearest(t, cue.t);
      const x = u.valToPos(cue.t, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const y = Math.min(bbox.top + bbox.height - r, Math.max(bbox.top + r, u.valToPos(speed[i], "y", true)));
      ctx.fillStyle = colour(CUES[cue.what] || "hold-steady");
      ctx.strokeStyle = colour("page");
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      if (cue.what === 2) {
        ctx.arc(x, y, r * 0.8, 0, 2 * Math.PI);
      } else {
        const up = cue.what === 3 ? -1 : 1;
        ctx.moveTo(x, y + up * r);
        ctx.lineTo(x - r, y - up * r * 0.8);
        ctx.lineTo(x + r, y - up * r * 0.8);
        ctx.closePath();
      }
      ctx.fill();
      ctx.stroke();
    }
  }

  function nearest(sorted, value) {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low && value - sorted[low - 1] < sorted[low] - value ? low - 1 : low;
  }

  // The way that was run, coloured by speed, with a scale, north up. Returns what moves the dot to second i.
  function map(box, run, go) {
    const canvas = document.createElement("canvas");
    const dot = document.createElement("div");
    dot.className = "dot";
    box.append(canvas, dot);
    const moving = run.speed.filter((v) => v > 0.5);
    const [slow, fast] = [share(moving, 0.02), share(moving, 0.98)];
    const known = (values, extra) => values.filter((v) => v != null).concat(extra);
    const xs = known(run.x, run.oval.map((p) => p[0]));
    const ys = known(run.y, run.oval.map((p) => p[1]));
    const edge = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const [[x0, x1], [y0, y1]] = [edge(xs), edge(ys)];
    let place = () => [0, 0];

    function draw(width, height) {
      const ratio = devicePixelRatio;
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = width + "px";
      canvas.style.height = height + "px";
      const ctx = canvas.getContext("2d");
      ctx.scale(ratio, ratio);
      const pad = 14;
      const foot = 34; // for the scales
      const scale = Math.min((width - 2 * pad) / Math.max(x1 - x0, 20), (height - 2 * pad - foot) / Math.max(y1 - y0, 20));
      place = (x, y) => [width / 2 + (x - (x0 + x1) / 2) * scale, (height - foot) / 2 - (y - (y0 + y1) / 2) * scale];
      ctx.lineCap = "round";
      ctx.lineWidth = 2;
      for (let i = 1; i < run.x.length; i++) {
        if (run.x[i] == null || run.x[i - 1] == null) continue;
        ctx.strokeStyle = blend((run.speed[i] - slow) / Math.max(fast - slow, 0.01));
        ctx.beginPath();
        ctx.moveTo(...place(run.x[i - 1], run.y[i - 1]));
        ctx.lineTo(...place(run.x[i], run.y[i]));
        ctx.stroke();
      }
      ctx.strokeStyle = colour("text");
      ctx.lineWidth = 1;
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      run.oval.forEach(([x, y], k) => (k ? ctx.lineTo(...place(x, y)) : ctx.moveTo(...place(x, y))));
      ctx.stroke();
      ctx.setLineDash([]);
      scales(ctx, width, height, scale);
    }

    function scales(ctx, width, height, scale) {
      ctx.font = "12px system-ui, sans-serif";
      ctx.fillStyle = ctx.strokeStyle = colour("muted");
      const miles = perM > 1000 && width / 4 / scale > 0.1 * MILE_M; // a track is told in metres
      const length = (miles ? MILES : METRES).slice().reverse().find((n) => n * (miles ? MILE_M : 1) * scale < width / 4) || (miles ? 0.01 : 10);
      ctx.fillRect(14, height - 8, length * (miles ? MILE_M : 1) * scale, 2);
      ctx.textAlign = "left";
      ctx.fillText(miles ? `${length} mi` : length < 1000 ? `${length} m` : `${length / 1000} km`, 14, height - 14);
      ctx.textAlign = "center";
      ctx.fillText("N ↑", width / 2, height - 10);
      const wide = Math.min(130, width / 3);
      for (let k = 0; k < wide; k++) {
        ctx.fillStyle = blend(k / wide);
        ctx.fillRect(width - 14 - wide + k, height - 10, 1.5, 5);
      }
      ctx.fillStyle = colour("muted");
      ctx.textAlign = "left";
      ctx.fillText(pace(slow), width - 14 - wide, height - 14);
      ctx.textAlign = "right";
      ctx.fillText(pace(fast), width - 14, height - 14);
    }

    draw(box.clientWidth || 320, box.clientHeight || 300);
    drawn.push({ box, resize: draw, redraw: () => {} });
    const at = (e) => {
      const rect = canvas.getBoundingClientRect();
      let best = -1;
      let least = Infinity;
      for (let i = 0; i < run.x.length; i++) {
        if (run.x[i] == null) continue;
        const [x, y] = place(run.x[i], run.y[i]);
        const off = (x - e.clientX + rect.left) ** 2 + (y - e.clientY + rect.top) ** 2;
        if (off < least) [least, best] = [off, i];
      }
      if (best >= 0) go(best);
    };
    canvas.addEventListener("pointermove", at);
    canvas.addEventListener("pointerdown", at);
    return (i) => {
      dot.hidden = run.x[i] == null;
      if (dot.hidden) return;
      const [x, y] = place(run.x[i], run.y[i]);
      dot.style.transform = `translate(${x}px, ${y}px)`;
    };
  }

  // Reps of one step over each other, the first blue, the last red.
  function overlay(box, reps) {
    const miles = reps.unit === "mi";
    const at = (v) => `${miles ? Number(v.toFixed(2)) : v} ${reps.unit}`;
    const every = miles ? reps.every_m / MILE_M : reps.every_m;
    const x = reps.speeds_cm_s.reduce((a, b) => (b.length > a.length ? b : a), []).map((_, k) => k * every);
    const speeds = reps.speeds_cm_s.map((rep) => x.map((_, k) => (k < rep.length ? rep[k] / 100 : null)));
    const last = Math.max(1, speeds.length - 1);
    const bounds = speedRange(speeds.flat().filter((v) => v != null), reps.target || []);
    const lap = reps.target && [{ from: 0, to: x[x.length - 1], fast: [reps.target[0], reps.target[0]], slow: [reps.target[1], reps.target[1]] }];
    const told = box.nextElementSibling;
    plot(box, x, speeds.map((values, k) => ({ values, colour: () => blend(k / last), width: 1.6 })), {
      range: () => bounds,
      xRange: () => [0, x[x.length - 1] || 1],
      xIncrs: miles ? MILES : METRES, xValues: at,
      splits: paceSplits(perM),
      values: (v) => pace(v),
      under: lap && ((u) => targets(u, lap)),
      move: (u, left) => {
        const i = u.posToIdx(left);
        u.setCursor({ left: u.valToPos(x[i], "x"), top: 0 });
        told.textContent = `${at(x[i])}: ` + speeds.map((s, k) => `${reps.names[k]} ${pace(s[i])}`).join(", ");
      },
    });
  }

  function show(packed) {
    perM = packed.per_m;
    const run = unpack(packed);
    const boxes = Object.fromEntries([...document.querySelectorAll("[data-chart]")].map((b) => [b.dataset.chart, b]));
    const whole = [0, Math.max(run.t[run.t.length - 1] || 1, ...run.laps.map((lap) => lap.to))];
    let shown = whole;
    const charts = [];
    const followers = [];
    const slider = document.getElementById("at");
    const told = document.getElementById("told");
    const chosen = document.getElementById("shown");
    let now = 0;

    function go(i) {
      now = i;
      for (const u of charts) u.setCursor({ left: u.valToPos(run.t[i], "x"), top: 0 }, false);
      for (const follow of followers) follow(i);
      const lap = run.laps.find((l) => run.t[i] <= l.to);
      slider.value = i;
      const words = [clock(run.t[i]), lap ? lap.name : "", pace(run.speed[i])];
      if (run.cadence[i]) words.push(`${run.cadence[i]} spm`);
      if (run.left[i] != null) words.push(`D' ${run.left[i]} %`);
      told.textContent = words.filter(Boolean).join(" · ");
      slider.setAttribute("aria-valuetext", told.textContent);
    }

    const common = { xRange: () => shown, xIncrs: TIMES_S, xValues: clock, move: (u, left) => go(u.posToIdx(left)) };
    const bounds = speedRange(run.speed, run.laps.flatMap((lap) => (lap.fast ? [...lap.fast, ...lap.slow] : [])));
    if (run.t.length) {
      if (boxes.pace) {
        charts.push(
          plot(boxes.pace, run.t, [{ values: run.raw, colour: "receiver", width: 0, points: 2 }, { values: run.speed, colour: "watch" }], {
            ...common,
            range: () => bounds,
            splits: paceSplits(perM),
            values: (v) => pace(v),
            under: (u) => targets(u, run.laps),
            over: (u) => cueMarks(u, run.cues, run.t, run.speed),
          }),
        );
      }
      const steps = run.cadence.filter(Boolean);
      const cadences = [share(steps, 0.02) - 8, share(steps, 0.99) + 6];
      if (boxes.cadence) charts.push(plot(boxes.cadence, run.t, [{ values: run.cadence, colour: "cadence" }], { ...common, range: () => cadences, values: String }));
      if (boxes.left) charts.push(plot(boxes.left, run.t, [{ values: run.left, colour: "watch", fill: "fill" }], { ...common, range: () => [0, 105], values: (v) => `${v} %` }));
      if (boxes.map) followers.push(map(boxes.map, run, go));
      slider.max = run.t.length - 1;
      slider.addEventListener("input", () => go(Number(slider.value)));
      chosen.addEventListener("change", () => {
        const lap = run.laps[chosen.value];
        shown = lap ? [lap.from, lap.to] : whole;
        for (const u of charts) u.setScale("x", { min: shown[0], max: shown[1] });
        go(lap ? nearest(run.t, lap.from) : now);
      });
    }
    run.overlays.forEach((reps, k) => boxes[`overlay-${k}`] && overlay(boxes[`overlay-${k}`], reps));
    fit(() => run.t.length && go(now));
  }

  // How critical speed went, a dot a run.
  function trend(box, points) {
    const bounds = speedRange([], points.cs_m_s).map((v, k) => points.cs_m_s[0] + (v - points.cs_m_s[0]) * (k ? 0.6 : 0.4));
    const told = box.nextElementSibling;
    plot(box, points.at_s, [{ values: points.cs_m_s, colour: "watch", points: 7 }], {
      range: () => bounds,
      splits: paceSplits(points.per_m),
      values: (v) => pace(v, points.per_m),
      time: true,
      move: (u, left) => {
        const i = u.posToIdx(left);
        u.setCursor({ left: u.valToPos(points.at_s[i], "x"), top: 0 });
        told.textContent = `${points.days[i]}: ${pace(points.cs_m_s[i], points.per_m)}`;
      },
    });
  }

  // Charts follow the window, the light, and the printer, whose page is 700 px wide and light.
  function fit(moved = () => {}) {
    let printing = false;
    const all = () => {
      for (const { box, resize, redraw } of drawn) {
        const [width, height] = printing && box.dataset.print ? box.dataset.print.split("x").map(Number) : [box.clientWidth, box.clientHeight];
        if (width && height) resize(width, height);
        redraw();
      }
      moved();
    };
    const print = (on) => {
      if (on === printing) return;
      printing = on;
      document.documentElement.classList.toggle("printing", on);
      for (const details of document.querySelectorAll("details")) {
        if (on) details.dataset.was = details.open;
        details.open = on || details.dataset.was === "true";
      }
      all();
    };
    addEventListener("beforeprint", () => print(true));
    addEventListener("afterprint", () => print(false));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
    let width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth !== width && !printing) all();
      width = innerWidth;
    });
    moved();
  }

  function start() {
    const data = (id) => document.getElementById(id) && JSON.parse(document.getElementById(id).textContent);
    const run = data("run-data");
    if (run) show(run);
    const trends = data("trend-data");
    if (trends) {
      trends.forEach((points, k) => {
        const box = document.querySelector(`[data-chart="trend-${k}"]`);
        if (box) trend(box, points);
      });
      fit();
    }
  }
  return { start, show, trend };
})();
Pacer.start();
