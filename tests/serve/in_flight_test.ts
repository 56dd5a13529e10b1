import { assertEquals } from "@std/assert";
import { InFlight, type Ticket, type Transfer } from "../../serve/in_flight.ts";

const MIB = 1024 * 1024;

class Clock {
  time = 0;
  now = (): number => this.time;
}

/** A response that records whether it was ended. */
class Sent implements Transfer {
  readonly held: object;
  readonly bytes: number;
  isEnded = false;

  constructor(bytes = MIB, held: object = {}) {
    this.bytes = bytes;
    this.held = held;
  }

  end(): void {
    this.isEnded = true;
  }
}

function inFlightOf(max: number, clock = new Clock()): InFlight {
  return new InFlight({ max: () => max, now: clock.now });
}

function enterAll(inFlight: InFlight, count: number): Ticket[] {
  return Array.from({ length: count }, () => inFlight.enter()!);
}

Deno.test("InFlight.enter() turns requests away beyond the maximum, and counts them", () => {
  const inFlight = inFlightOf(3);
  const [first] = enterAll(inFlight, 3);
  assertEquals(inFlight.enter(), undefined);
  assertEquals(inFlight.rejected, 1);
  first!.leave();
  first!.leave();
  assertEquals(inFlight.size, 2);
  inFlight.enter();
  assertEquals(inFlight.enter(), undefined);
});

Deno.test("InFlight.enter() ends the response that has stalled for longest, once it has for five seconds", () => {
  const clock = new Clock();
  const inFlight = inFlightOf(3, clock);
  const sent = [new Sent(), new Sent(), new Sent()];
  const tickets = enterAll(inFlight, 3);
  for (const [i, ticket] of tickets.entries()) {
    clock.time = i;
    ticket.send(sent[i]!);
  }
  tickets[0]!.progress();
  clock.time = 5;
  assertEquals(inFlight.enter(), undefined);
  clock.time = 6;
  assertEquals(inFlight.enter() === undefined, false);
  assertEquals(sent.map(({ isEnded }) => isEnded), [false, true, false]);
  assertEquals(inFlight.size, 3);
  assertEquals(inFlight.ended, 1);
  for (const ticket of tickets) ticket.leave();
});

Deno.test("InFlight.enter() does not end a request that is still being answered", () => {
  const clock = new Clock();
  const inFlight = inFlightOf(1, clock);
  inFlight.enter();
  clock.time = 1000;
  assertEquals(inFlight.enter(), undefined);
});

Deno.test("InFlight.sweep() ends a response after two minutes without progress", () => {
  const clock = new Clock();
  const inFlight = inFlightOf(3, clock);
  const sent = new Sent();
  const ticket = inFlight.enter()!;
  ticket.send(sent);
  for (const time of [100, 200, 300]) {
    clock.time = time;
    inFlight.sweep();
    ticket.progress();
  }
  assertEquals(sent.isEnded, false);
  clock.time = 420;
  inFlight.sweep();
  assertEquals(sent.isEnded, true);
  assertEquals(inFlight.size, 0);
});

Deno.test("InFlight bounds the memory of responses, of which the same counts once", () => {
  const inFlight = inFlightOf(40);
  const shared = {};
  const tickets = enterAll(inFlight, 20);
  for (const ticket of tickets) assertEquals(ticket.send(new Sent(100 * MIB, shared)), true);
  const own = inFlight.enter()!;
  assertEquals(own.send(new Sent(100 * MIB)), true);
  const excess = inFlight.enter()!;
  assertEquals(excess.send(new Sent(100 * MIB)), false);
  assertEquals(inFlight.size, 21);
  assertEquals(inFlight.rejected, 1);
  own.leave();
  assertEquals(inFlight.enter()!.send(new Sent(100 * MIB)), true);
  for (const ticket of tickets) ticket.leave();
});

Deno.test("InFlight ends a stalled response to make room for the memory of another one", () => {
  const clock = new Clock();
  const inFlight = inFlightOf(40, clock);
  const stalled = new Sent(200 * MIB);
  inFlight.enter()!.send(stalled);
  clock.time = 6;
  const ticket = inFlight.enter()!;
  assertEquals(ticket.send(new Sent(200 * MIB)), true);
  assertEquals(stalled.isEnded, true);
  ticket.leave();
});

Deno.test("InFlight admits a single response of any size", () => {
  const ticket = inFlightOf(40).enter()!;
  assertEquals(ticket.send(new Sent(1000 * MIB)), true);
  ticket.leave();
});
