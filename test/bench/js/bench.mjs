// The JS client's turns, as those of ../worker. The client is the one of test/e2e/backend; BENCH_SERVER is the server.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../e2e/backend/package.json', import.meta.url));
const { default: Medusa } = require('@medusajs/medusa-js');

const cookie = 's%3ApNo5I4feIDdFZ4bPBxyze3fpcNzIpdSh.6I3Evx7U2OCRo6aDw93dODlJCgz6r7xXKD%2ByuyoJAf0';
// In Node the client stores no cookie, so a program has to send it.
const headers = { Cookie: `connect.sid=${cookie}` };
const medusa = new Medusa({ baseUrl: process.env.BENCH_SERVER, maxRetries: 2 });

const calls = {
  Retrieve: () => medusa.customers.retrieve(headers),
  ListOrders: () => medusa.customers.listOrders({ limit: 50 }, headers),
  Create: () => medusa.customers.create({ first_name: 'Alec', last_name: 'Reynolds', email: 'user@example.com', password: 'supersecret' }),
};

async function turn(call, at, ms) {
  const end = performance.now() + ms;
  let n = 0;
  await Promise.all(Array.from({ length: at }, async () => {
    do {
      await call();
      n++;
    } while (performance.now() < end);
  }));
  return n;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, at, ms } = JSON.parse(line);
  // Opens connections, compiles code, and lets the heap grow, which V8 makes smaller when there were no calls for some
  // seconds. Until it has grown again it is collected at nearly every call.
  await turn(calls[op], at, 500);
  const began = performance.now();
  const before = process.cpuUsage();
  const n = await turn(calls[op], at, ms);
  const { user, system } = process.cpuUsage(before);
  const ns = (performance.now() - began) * 1e6 / n;
  console.log(`BenchmarkCall/op=${op}/at=${at}/by=js ${n} ${ns} ns/op ${(user + system) * 1e3 / n} cpu-ns/op`);
}
