// What the page's charts need of Vega: no Vega-Lite, for they are compiled when they are drawn, and
// no maps, forces or trees. Modules and their versions are those that vl-convert brings along.
import { extend } from "/npm/vega-util@2.1.3/+esm";
import { transforms } from "/npm/vega-dataflow@6.1.3/+esm";
import * as data from "/npm/vega-transforms@5.2.2/+esm";
import * as layout from "/npm/vega-view-transforms@5.2.2/+esm";
import * as marks from "/npm/vega-encode@5.2.2/+esm";
import { parse } from "/npm/vega-parser@7.1.3/+esm";
import { View } from "/npm/vega-view@6.2.0/+esm";
import { expressionInterpreter as expr } from "/npm/vega-interpreter@2.3.2/+esm";
import { Handler } from "/npm/vega-tooltip@1.1.0/+esm";

extend(transforms, data, layout, marks);
const tooltip = new Handler({ disableDefaultStyle: true }).call;

// Expressions are interpreted: to compile them the page's policy would have to allow eval.
const draw = async (live, chart) => {
  const drawing = live.appendChild(document.createElement("div"));
  const settings = { container: drawing, expr, tooltip, renderer: "svg" };
  await new View(parse(chart, {}, { ast: true }), settings).runAsync();
  const { width } = drawing.firstElementChild.getBoundingClientRect();
  return { drawing, over: width - live.clientWidth };
};

// Pairs of words that lie upon one another.
const meetings = ({ drawing }) => {
  const boxes = [...drawing.querySelectorAll("text:not([opacity='0'])")].map((text) => text.getBoundingClientRect());
  return boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)).length;
};

// Names beside an axis in lines of some twenty letters, below it in shorter ones; a title below it
// ends where the axis does, for beside the names it has room.
const LONG_LINE = 22, SHORT_LINE = 8, LINE_WIDTH = 125, HALF_LINE = 6;
const lines = (letters) =>
  `slice(split(replace(datum.label, regexp('([^|]{1,${letters}})([ |]|$)', 'g'), '$1|'), '|'), 0, -1)`;
const wrapped = (axis) => {
  const update = { ...axis.encode?.labels?.update };
  if (update.text && !/^(datum\.label|split\(datum\.label, '\|'\))$/.test(update.text.signal)) return axis;
  const labels = { update }, encode = { ...axis.encode, labels };
  if (axis.orient === "bottom") {
    update.text = { signal: lines(SHORT_LINE) };
    return { ...axis, encode, titleAnchor: "end" };
  }
  update.text = { signal: lines(LONG_LINE) };
  update.dy = { signal: `${HALF_LINE} * (1 - length(${lines(LONG_LINE)}))` };
  return { ...axis, encode, labelOffset: 0, minExtent: axis.minExtent && Math.min(axis.minExtent, LINE_WIDTH) };
};

// The size of a plot, which a chart of several has as a signal, and where it stands.
const sized = (chart, side) => {
  const each = chart.signals?.find(({ name }) => RegExp(`^child_?${side}$`, "i").test(name));
  return each ? [each, "value"] : [chart, side];
};
const narrowed = (chart, width, { columns, taller }) => {
  const changed = { axes: wrapped, legends: (legend) => ({ ...legend, columns }) };
  const narrow = JSON.parse(JSON.stringify(chart), (name, value) => value?.map && changed[name] ? value.map(changed[name]) : value);
  const [wide, across] = sized(narrow, "width"), [high, up] = sized(narrow, "height");
  wide[across] = width;
  high[up] &&= Math.round(high[up] * taller);
  return narrow;
};

// A chart wider than the screen is drawn anew with a narrower plot, unless words then meet.
const LEAST_PLOT = 120;
const NARROWER = [[2, 1], [1, 1], [1, 1.4], [1, 1.8]].map(([columns, taller]) => ({ columns, taller }));
window.drawChart = async (live, chart) => {
  const wide = await draw(live, chart);
  if (wide.over < 1) return;
  const words = meetings(wide), [whole, across] = sized(chart, "width");
  for (const how of NARROWER) {
    let width = whole[across];
    for (let tries = 5, over; tries && width >= LEAST_PLOT; tries -= 1) {
      const narrow = await draw(live, narrowed(chart, width, how));
      const fits = narrow.over < 1, reads = fits && meetings(narrow) <= words;
      (reads ? wide : narrow).drawing.remove();
      if (reads) return;
      if (fits || narrow.over >= over) break;
      width -= over ? 2 * narrow.over + 2 : narrow.over;
      ({ over } = narrow);
    }
  }
};
