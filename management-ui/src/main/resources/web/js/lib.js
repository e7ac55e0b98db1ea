// The libraries, each from its WebJar. The versions are set by the build.
export { html, svg, nothing, render } from "/webjars/lit-html/${lit-html.version}/lit-html.js";
export { repeat } from "/webjars/lit-html/${lit-html.version}/directives/repeat.js";
export { live } from "/webjars/lit-html/${lit-html.version}/directives/live.js";
/** A classic script, which the page loads before this module. */
export const dagre = globalThis.dagre;
export { default as uPlot } from "/webjars/uplot/${uplot.version}/dist/uPlot.esm.js";
