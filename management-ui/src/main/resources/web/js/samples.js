// Samples of the API (newest first, counters as totals) into what is drawn (oldest first, rates), and how far
// back they go.
import { html } from "./lib.js";
import { change, current } from "./router.js";

/** name: [text, seconds back, seconds a step]; the broker keeps the last minute in full. */
const SPANS = { minute: ["Last minute", 60, 1], hour: ["Last hour", 3_600, 60] };

const span = () => SPANS[current().parameters.span] ?? SPANS.minute;

/** What to ask of the API for the span in the address: kinds are lengths, msg_rates, data_rates. */
export function ranges(...kinds) {
  const [, age, step] = span();
  return Object.fromEntries(kinds.flatMap((kind) => [[`${kind}_age`, age], [`${kind}_incr`, step]]));
}

/** Which span is drawn. */
export const spanChoice = () => html`<label class="span-choice"><span class="visually-hidden">Span of the charts</span>
  <select id="span" @change=${(event) => change({ span: event.target.value === "minute" ? undefined : event.target.value }, { replace: true })}>
    ${Object.entries(SPANS).map(([name, [text]]) => html`<option value=${name} ?selected=${SPANS[name] === span()}>${text}</option>`)}
  </select></label>`;

/** Seconds and rates between neighbouring samples of an X_details object. */
export function rates(details) {
  const samples = [...(details?.samples ?? [])].reverse();
  const points = { seconds: [], values: [] };
  for (let i = 1; i < samples.length; i++) {
    const elapsed = (samples[i].timestamp - samples[i - 1].timestamp) / 1000;
    if (elapsed <= 0) continue;
    points.seconds.push(samples[i].timestamp / 1000);
    points.values.push(Math.max(0, (samples[i].sample - samples[i - 1].sample) / elapsed));
  }
  return points;
}

/** Seconds and values of a gauge. */
export function levels(details) {
  const samples = [...(details?.samples ?? [])].reverse();
  return {
    seconds: samples.map((sample) => sample.timestamp / 1000),
    values: samples.map((sample) => sample.sample),
  };
}

/** Several of these as a chart wants them: seconds once, then the values of each. */
export function points(...series) {
  const length = Math.min(...series.map(({ values }) => values.length));
  return [series[0].seconds.slice(series[0].seconds.length - length),
    ...series.map(({ values }) => values.slice(values.length - length))];
}
