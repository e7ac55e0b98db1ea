// Numbers and times as text.
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", {
  year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

export const count = (value) => whole.format(value ?? 0);

/** A number with its noun: 1 message, 2 messages. */
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** 1,234 as it is; 123,456 as 123k: for places with little room. */
export function short(value) {
  const size = Math.abs(value ?? 0);
  if (size < 10_000) return whole.format(value ?? 0);
  if (size < 999_500) return `${trim(value / 1e3)}k`;
  if (size < 999_500_000) return `${trim(value / 1e6)}M`;
  return `${trim(value / 1e9)}G`;
}

/** A rate a second: one decimal below ten, none above; an en dash for nothing at all. */
export function rate(value) {
  if (!value) return "–";
  if (value < 10) return value.toFixed(1);
  return short(Math.round(value));
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let amount = value ?? 0;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

/** A duration in its two largest units. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`).join(" ");
}

export const time = (ms) => clock.format(ms);

/** Arguments as text, such as x-max-length = 1000. */
export const argumentsText = (values) =>
  Object.entries(values ?? {}).map(([name, value]) =>
    `${name} = ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");

function trim(value) {
  return value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "");
}
