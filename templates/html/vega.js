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
window.drawChart = (container, spec) =>
  new View(parse(spec, {}, { ast: true }), { container, expr, tooltip, renderer: "svg" }).runAsync();
