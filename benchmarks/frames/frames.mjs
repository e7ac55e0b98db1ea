// How long the pages of a management console take: from following a link to the page being drawn, and
// the frames while it stays open and renews itself.
//
//     node benchmarks/frames/frames.mjs warren=http://127.0.0.1:15672 rabbitmq=http://127.0.0.1:15673
//
// Headless Chromium (WARREN_CHROMIUM, or chromium on PATH), a window of 1280 × 900, guest/guest. Each page
// is opened five times from a small one, then watched for six seconds. Prints one JSON object a console:
// page -> opened_ms (median), opened_slowest_ms, frame_p99_ms and frame_max_ms (gaps between frames; 16.7
// is none lost), blocked_ms (time in tasks of 50 ms or more). Ends by itself.
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

const OPENED = 5;
const WATCHED_MS = 6_000;
const LIMIT_MS = 60_000;

// page: [where, text of its heading, what is there once the data are]
const CONSOLES = {
  warren: {
    away: ["#/definitions", "Definitions", "form"],
    logIn: { user: "user", password: "password" },
    pages: {
      overview: ["#/overview", "Overview", ".tile, canvas"],
      queues: ["#/queues", "Queues", "tbody tr"],
      "queues, by depth": ["#/queues?sort=messages_ready&reverse=1", "Queues", "tbody tr"],
      "one queue": ["#/queue?vhost=%2F&name=queue-00500", "queue-00500", "dl.figures"],
      exchanges: ["#/exchanges", "Exchanges", "tbody tr"],
      "an exchange of 50,000 bindings": ["#/exchange?vhost=%2F&name=events", "events", "tbody tr"],
      connections: ["#/connections", "Connections", "main h1"],
      bindings: ["#/bindings", "Bindings", "tbody tr"],
      topology: ["#/topology", "Topology", "svg.graph .node"],
      "topology, those that match": ["#/topology?name=99", "Topology", "svg.graph .node"],
      alarms: ["#/alarms", "Alarms", "tbody tr"],
    },
  },
  rabbitmq: {
    away: ["#/users", "Users", "table.list tbody tr"],
    logIn: { user: "username", password: "password" },
    pages: {
      overview: ["#/", "Overview", "#main .section"],
      queues: ["#/queues", "Queues", "table.list tbody tr"],
      "queues, by depth": ["#/queues", "Queues", "table.list tbody tr"],
      "one queue": ["#/queues/%2F/queue-00500", "queue-00500", "#main .section"],
      exchanges: ["#/exchanges", "Exchanges", "table.list tbody tr"],
      "an exchange of 50,000 bindings": ["#/exchanges/%2F/events", "events", "#main .section"],
      connections: ["#/connections", "Connections", "#main .section"],
    },
  },
};

/** In the page: goes there, and resolves with the milliseconds until it is drawn. */
function open([hash, heading, content, limit]) {
  return new Promise((resolve) => {
    const from = performance.now();
    location.hash = hash;
    const look = () => {
      const there = [...document.querySelectorAll("h1")].some((h1) => h1.textContent.includes(heading));
      const took = performance.now() - from;
      if ((there && document.querySelector(content)) || took > limit) requestAnimationFrame(() => resolve(took));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** In the page: the gaps between frames, and the long tasks, for a while. */
function watch(ms) {
  return new Promise((resolve) => {
    const gaps = [];
    let blocked = 0;
    const observer = new PerformanceObserver((list) => list.getEntries().forEach((task) => (blocked += task.duration)));
    observer.observe({ type: "longtask" });
    const from = performance.now();
    let last = from;
    const next = (now) => {
      gaps.push(now - last);
      last = now;
      if (now - from < ms) return requestAnimationFrame(next);
      observer.disconnect();
      resolve({ gaps, blocked });
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(next);
    });
  });
}

function round(figure) {
  return Math.round(figure * 10) / 10;
}

function executable() {
  return process.env.WARREN_CHROMIUM ?? execFileSync("sh", ["-c", "command -v chromium || command -v google-chrome"]).toString().trim();
}

async function logIn(page, url, { user, password }) {
  await page.goto(url);
  await page.fill(`input[name=${user}]`, "guest");
  await page.fill(`input[name=${password}]`, "guest");
  await page.click("[type=submit]");
  await page.waitForSelector("h1:has-text('Overview')");
}

async function measure(page, { away, pages }) {
  const found = {};
  for (const [name, target] of Object.entries(pages)) {
    const times = [];
    for (let i = 0; i < OPENED; i++) {
      await page.evaluate(open, [...away, LIMIT_MS]);
      await page.waitForTimeout(300);
      times.push(await page.evaluate(open, [...target, LIMIT_MS]));
    }
    const { gaps, blocked } = await page.evaluate(watch, WATCHED_MS);
    times.sort((a, b) => a - b);
    gaps.sort((a, b) => a - b);
    found[name] = {
      opened_ms: round(times[OPENED >> 1]),
      opened_slowest_ms: round(times.at(-1)),
      frame_p99_ms: round(gaps[Math.floor(gaps.length * 0.99)]),
      frame_max_ms: round(gaps.at(-1)),
      blocked_ms: round(blocked),
    };
  }
  return found;
}

const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const argument of process.argv.slice(2)) {
    const [name, url] = argument.split("=");
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    await logIn(page, url, CONSOLES[name].logIn);
    console.log(JSON.stringify({ console: name, pages: await measure(page, CONSOLES[name]) }));
    await context.close();
  }
} finally {
  await browser.close();
}
