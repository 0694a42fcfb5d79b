// One report from filing to closing, with this client; prints each state.

import { randomUUID } from "node:crypto";
import { allclear, type Allclear as Person, type components, type paths } from "allclear-client";

type Action = components["schemas"]["TicketActionEnum"];
type ActionPath = Extract<keyof paths, `/api/v1/tickets/{ticket_id}/actions/${Action}`>;
type State = components["schemas"]["StateEnum"];
type Report = components["schemas"]["ReportOutput"];
type Resolving = components["schemas"]["ResolveActionInputRequest"];

const SECONDS_TO_ROUTE = 30;
const address = given("ALLCLEAR_URL");

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

function there<T>(value: T | null | undefined, problem?: unknown): T {
  if (value === null || value === undefined) throw new Error(`missing: ${JSON.stringify(problem)}`);
  return value;
}

async function signIn(name: string): Promise<Person> {
  const body = { username: given(name), password: given(`${name}_PASSWORD`) };
  const { data, error } = await allclear(address).POST("/api/v1/tokens", { body });
  return allclear(address, `Token ${there(data, error).token}`);
}

// Sent again with the same key, as after a lost answer: one report.
async function fileTwice(teacher: Person): Promise<Report> {
  const params = { header: { "Idempotency-Key": randomUUID() } };
  const body = { category: "F02", occurred_at: new Date().toISOString(), description: "二楼安全出口被课桌堵住了。" };
  const first = await teacher.POST("/api/v1/reports", { params, body });
  const again = await teacher.POST("/api/v1/reports", { params, body });
  const report = there(first.data, first.error);
  if (again.data?.id !== report.id || again.response.headers.get("Idempotency-Replayed") !== "true") {
    throw new Error("the repetition was not recognised");
  }
  return report;
}

async function waitUntilRouted(teacher: Person, report: string): Promise<State> {
  const deadline = Date.now() + SECONDS_TO_ROUTE * 1000;
  for (;;) {
    const params = { path: { report_id: report } };
    const { data, error } = await teacher.GET("/api/v1/reports/{report_id}", { params });
    const { state } = there(data, error);
    if (state === "routed" || Date.now() > deadline) return state;
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function seen(person: Person, ticket: string): Promise<string> {
  const params = { path: { ticket_id: ticket } };
  const { response } = await person.GET("/api/v1/tickets/{ticket_id}", { params });
  return there(response.headers.get("ETag"));
}

// The state that the action led to, or the code of the refusal.
async function act(
  person: Person, ticket: string, action: Action, note: string, match: string, more: Partial<Resolving> = {},
): Promise<string> {
  const header = { "Idempotency-Key": randomUUID(), "If-Match": match };
  const params = { path: { ticket_id: ticket }, header };
  const path: ActionPath = `/api/v1/tickets/{ticket_id}/actions/${action}`;
  const body = { note, ...more };
  const { data, error } = await person.POST(path as "/api/v1/tickets/{ticket_id}/actions/start", { params, body });
  return data === undefined ? there(error).code : data.state;
}

const teacher = await signIn("TEACHER");
const head = await signIn("HEAD");
const coordinator = await signIn("COORDINATOR");
const report = await fileTwice(teacher);
const ticket = there(report.ticket, report);
console.log(report.state);
console.log(await waitUntilRouted(teacher, report.id));
const old = await seen(head, ticket);
console.log(await act(head, ticket, "acknowledge", "", old));
console.log(await act(head, ticket, "start", "", old));
console.log(await act(head, ticket, "record-interim-control", "Desks moved aside.", await seen(head, ticket)));
console.log(await act(head, ticket, "start", "", await seen(head, ticket)));
const removed: Partial<Resolving> = { control: "eliminated" };
console.log(await act(head, ticket, "resolve", "Desks are in the depot.", await seen(head, ticket), removed));
console.log(await act(head, ticket, "verify", "Looks fine.", await seen(head, ticket)));
console.log(await act(coordinator, ticket, "verify", "Seen: the exit is free.", await seen(coordinator, ticket)));
for (const person of [teacher, head, coordinator]) {
  const { response } = await person.DELETE("/api/v1/tokens/current");
  if (response.status !== 204) throw new Error("the token did not end");
}
