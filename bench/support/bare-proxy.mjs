// The reference: a proxy with nothing around it, on connections that are kept. `node bare-proxy.mjs BACKEND PORT`
import http from "node:http";

const { hostname: host, port } = new URL(process.argv[2]);
const agent = new http.Agent({ keepAlive: true });

const server = http.createServer((request, response) => {
  const { method, url: path, headers } = request;
  const out = http.request({ host, port, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  out.on("error", () => response.destroy());
  request.pipe(out);
});
server.listen(Number(process.argv[3]), "127.0.0.1");
