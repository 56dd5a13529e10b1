import { assertEquals } from "@std/assert";
import { type Connection, Connections } from "../../serve/connections.ts";

/** Connections whose clients are named by letters, with a clock and a record of what was closed. */
class Fixture {
  time = 0;
  readonly closed: string[] = [];
  limits = 0;
  readonly reliefs: number[] = [];
  readonly connections: Connections;

  constructor(max: number, perClient: number = max) {
    this.connections = new Connections({
      limits: () => ({
        maxConnections: max,
        maxConnectionsPerClient: perClient,
        headerTimeout: 10,
        idleTimeout: 300,
      }),
      onLimit: () => void this.limits++,
      onRelief: (closed) => void this.reliefs.push(closed),
      now: () => this.time,
    });
  }

  /** Opens a connection one second after the one before. */
  open(name: string): Connection | undefined {
    this.time++;
    return this.connections.admit(name[0]!, () => void this.closed.push(name));
  }
}

Deno.test("Connections.admit() closes the connection that has been idle for longest", () => {
  const fixture = new Fixture(3);
  const [first] = ["a1", "a2", "a3"].map((name) => fixture.open(name)!);
  first!.begin();
  fixture.time++;
  first!.end();
  fixture.open("b1");
  fixture.open("b2");
  assertEquals(fixture.closed, ["a2", "a3"]);
  assertEquals(fixture.connections.size, 3);
  assertEquals(fixture.limits, 2);
});

Deno.test("Connections.admit() closes connections of the client with the most first", () => {
  const fixture = new Fixture(5);
  for (const name of ["b1", "a1", "a2", "a3", "b2"]) fixture.open(name);
  fixture.open("c1");
  assertEquals(fixture.closed, ["a1"]);
});

Deno.test("Connections.admit() refuses one more while all are busy", () => {
  const fixture = new Fixture(2);
  const [first] = ["a1", "a2"].map((name) => {
    const connection = fixture.open(name)!;
    connection.begin();
    return connection;
  });
  assertEquals(fixture.open("b1"), undefined);
  assertEquals(fixture.closed, []);
  first!.end();
  assertEquals(fixture.open("b2") === undefined, false);
  assertEquals(fixture.closed, ["a1"]);
});

Deno.test("Connections.admit() bounds the connections of one client", () => {
  const fixture = new Fixture(10, 2);
  for (const name of ["b1", "a1", "a2", "a3"]) fixture.open(name);
  assertEquals(fixture.closed, ["a1"]);
  assertEquals(fixture.connections.size, 3);
});

Deno.test("Connections.sweep() closes connections that send no request in time, or are idle for too long", () => {
  const fixture = new Fixture(10);
  const used = fixture.open("u")!;
  used.begin();
  used.end();
  const busy = fixture.open("b")!;
  busy.begin();
  fixture.open("silent");
  fixture.time += 11;
  fixture.connections.sweep();
  assertEquals(fixture.closed, ["silent"]);
  fixture.time += 301;
  fixture.connections.sweep();
  assertEquals(fixture.closed, ["silent", "u"]);
  busy.closed();
  assertEquals(fixture.connections.size, 0);
});

Deno.test("Connections.sweep() closes connections on which the head of a later request does not arrive in time", () => {
  const fixture = new Fixture(10);
  const [first, second] = ["a1", "a2"].map((name) => {
    const connection = fixture.open(name)!;
    connection.begin();
    connection.end();
    connection.receive();
    return connection;
  });
  fixture.time += 8;
  first!.receive();
  second!.begin();
  second!.end();
  fixture.time += 8;
  fixture.connections.sweep();
  assertEquals(fixture.closed, ["a1"]);
});

Deno.test("Connections.sweep() closes connections by the function that was set last", () => {
  const fixture = new Fixture(10);
  fixture.open("a1")!.closeBy(() => void fixture.closed.push("replaced"));
  fixture.time += 11;
  fixture.connections.sweep();
  assertEquals(fixture.closed, ["replaced"]);
});

Deno.test("Connections.sweep() tells when there are no longer too many, once", () => {
  const fixture = new Fixture(1);
  for (const name of ["a1", "a2", "a3"]) fixture.open(name);
  fixture.connections.sweep();
  assertEquals(fixture.reliefs, []);
  fixture.time += 10;
  fixture.connections.sweep();
  fixture.connections.sweep();
  assertEquals(fixture.reliefs, [2]);
});

Deno.test("Connections.relieve() closes idle connections, and admits fewer until the shortage is over", () => {
  const fixture = new Fixture(100);
  for (let i = 0; i < 50; i++) fixture.open(`a${i}`);
  fixture.connections.relieve();
  assertEquals(fixture.connections.size, 34);
  fixture.open("b");
  assertEquals(fixture.connections.size, 34);
  fixture.connections.relieve();
  assertEquals(fixture.connections.size, 18);
  for (let i = 0; i < 9; i++) fixture.connections.relieve();
  assertEquals(fixture.connections.size, 8);
  fixture.time += 10;
  fixture.connections.sweep();
  assertEquals(fixture.connections.size, 1); // The header timeout of the others has passed, too.
  for (let i = 0; i < 50; i++) fixture.open(`c${i}`);
  assertEquals(fixture.connections.size, 51);
});

Deno.test("Connections.relieve() keeps connections that are busy", () => {
  const fixture = new Fixture(100);
  for (let i = 0; i < 50; i++) fixture.open(`a${i}`)!.begin();
  fixture.connections.relieve();
  assertEquals(fixture.closed, []);
});

Deno.test("Connections.closeAll() closes all, or those that are idle", () => {
  const fixture = new Fixture(10);
  fixture.open("a1")!.begin();
  fixture.open("a2");
  fixture.connections.closeAll({ idleOnly: true });
  assertEquals(fixture.closed, ["a2"]);
  fixture.connections.closeAll();
  assertEquals(fixture.closed, ["a2", "a1"]);
  assertEquals(fixture.connections.size, 0);
});
