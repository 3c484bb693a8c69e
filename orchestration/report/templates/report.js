"use strict";
(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 640px)");
  const figures = Array.from(document.querySelectorAll("script[data-figure]"), function (block) {
    return {
      target: document.getElementById(block.dataset.figure),
      figure: JSON.parse(block.textContent),
    };
  });

  // Colours are named by CSS variables, so that the style sheet alone says what a theme is.
  function themed(value, key, style) {
    if (Array.isArray(value)) {
      const holdsColors = /color/i.test(key) || (value.length > 0 && typeof value[0] === "object");
      return holdsColors ? value.map((item) => themed(item, key, style)) : value;
    }
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, themed(item, name, style)]));
    }
    if (typeof value === "string" && /color/i.test(key) && value.startsWith("--")) {
      return style.getPropertyValue(value).trim();
    }
    return value;
  }

  function layoutFor(figure, style, target) {
    const layout = themed(figure.layout, "", style);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = { gridcolor: color("--grid"), zerolinecolor: color("--axis"), linecolor: color("--axis") };
    return Object.assign({}, layout, {
      xaxis: Object.assign({}, axis, layout.xaxis, narrow.matches && layout.xaxis.nticks ? { nticks: 4 } : {}),
      yaxis: Object.assign({}, axis, layout.yaxis),
      // Paper has no resize event: the width is told.
      width: root.classList.contains("printing") ? target.clientWidth : undefined,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: style.fontFamily, size: 12, color: color("--muted") },
      hoverlabel: {
        bgcolor: color("--panel"), bordercolor: color("--border"),
        font: { color: color("--ink"), size: 12 }, namelength: -1,
      },
    });
  }

  function draw() {
    const style = getComputedStyle(document.body);
    for (const { target, figure } of figures) {
      const traces = figure.data.map((trace) => themed(trace, "", style));
      Plotly.react(target, traces, layoutFor(figure, style, target), { displayModeBar: false, responsive: true });
    }
    root.dataset.rendered = figures.length;
  }

  draw();
  dark.addEventListener("change", draw);
  narrow.addEventListener("change", draw);
  window.addEventListener("beforeprint", function () {
    root.classList.add("printing");
    draw();
  });
  window.addEventListener("afterprint", function () {
    root.classList.remove("printing");
    draw();
  });
})();
