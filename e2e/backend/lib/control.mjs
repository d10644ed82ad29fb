// The supervisor's own small HTTP server, for what a test cannot do over Medusa's API or in SQL.
import http from "node:http";

export class Control {
  #instance;
  #settings;
  #server;
  #restarting = Promise.resolve();

  constructor(instance, settings) {
    this.#instance = instance;
    this.#settings = settings;
  }

  async listen() {
    this.#server = http.createServer((request, response) => {
      this.#answer(request).then(
        ([status, body]) => send(response, status, body),
        (error) => send(response, 500, { error: error.message }),
      );
    });
    await new Promise((resolve, reject) => this.#server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async #answer(request) {
    const { pathname, searchParams } = new URL(request.url, "http://control");
    switch (`${request.method} ${pathname}`) {
      case "GET /password-tokens":
        return [200, this.#tokens(searchParams.get("email"))];
      case "GET /log":
        return [200, { log: this.#instance.medusa.log(Number(searchParams.get("lines") ?? 100)) }];
      case "POST /restart":
        return [200, await this.#restart(await readJson(request))];
      default:
        return [404, { error: "GET /password-tokens?email=…, GET /log, POST /restart" }];
    }
  }

  #tokens(email) {
    return this.#instance.passwordTokens.filter((given) => given.email === email);
  }

  // The same database and port; the settings of the start, but for what the request changes. One after
  // the other, if several ask.
  #restart(changes) {
    const medusa = this.#instance.medusa;
    this.#restarting = this.#restarting
      .catch(() => {})
      .then(async () => {
        await medusa.stop();
        await medusa.start({ ...this.#settings, ...changes });
        return { url: medusa.url };
      });
    return this.#restarting;
  }

  close() {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text ? JSON.parse(text) : {};
}

function send(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
