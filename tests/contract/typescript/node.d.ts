// The two parts of Node that the thread uses.

declare const process: { env: Record<string, string | undefined> };

declare module "node:crypto" {
  export function randomUUID(): string;
}
