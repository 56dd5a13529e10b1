import { assertEquals } from "@std/assert";
import { Listener } from "../../serve/listener.ts";

Deno.test("Listener.accept() makes connections send at once", async () => {
  const listener = await Listener.open({ address: { hostname: "127.0.0.1", port: 0 } });
  const accepted = Promise.withResolvers<void>();
  const { address } = listener;
  const port = "port" in address ? address.port : 0;
  using client = await Deno.connect({ port });
  const prototype = Object.getPrototypeOf(client);
  const { setNoDelay } = prototype;
  const delayed: boolean[] = [];
  prototype.setNoDelay = function (noDelay = true) {
    delayed.push(!noDelay);
    setNoDelay.call(this, noDelay);
  };
  try {
    listener.accept({
      onConnection(connection) {
        connection.close();
        accepted.resolve();
      },
      onFailure: (reason) => accepted.reject(new Error(reason)),
    });
    await accepted.promise;
  } finally {
    prototype.setNoDelay = setNoDelay;
    await listener.close();
  }
  assertEquals(delayed, [false]);
});
