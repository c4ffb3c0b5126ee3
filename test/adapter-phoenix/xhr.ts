import { Agent, request, type ClientRequest } from 'node:http';

const agent = new Agent({ keepAlive: true });

/** So much of a browser's XMLHttpRequest as Phoenix clients use; Node.js has none. */
export class XhrOfTests {
  timeout = 0;
  readyState = 0;
  responseText = '';
  onreadystatechange: () => void = () => {};
  onerror: () => void = () => {};
  ontimeout: () => void = () => {};
  readonly #headers: Record<string, string> = {};
  #method = 'GET';
  #url = '';
  #request: ClientRequest | undefined;
  #isAborted = false;

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  send(body: string | null): void {
    this.#request = request(this.#url, { method: this.#method, headers: this.#headers, agent }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => (this.responseText += text));
      response.on('end', () => {
        this.readyState = 4;
        if (!this.#isAborted) this.onreadystatechange();
      });
      response.on('error', () => this.#fail());
    });
    this.#request.on('error', () => this.#fail());
    this.#request.end(body ?? undefined);
  }

  abort(): void {
    this.#isAborted = true;
    this.#request?.destroy();
  }

  #fail(): void {
    if (!this.#isAborted) this.onerror();
  }
}
