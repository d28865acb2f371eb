import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { bindTo } from '../../../src/route/bound.js';
import { Line } from '../../../src/route/line.js';
import type { Answer, SubmittedRequest } from '../support/fake-addon.js';
import { FakeAddon } from '../support/fake-addon.js';

/** What is answered, by how often it was asked for and with what. */
type Answers = Readonly<Record<string, (count: number, request: SubmittedRequest) => Answer>>;

/** A line to a thread that answers each operation as told. */
export async function openLine(answers: Answers): Promise<{ line: Line; asked: string[] }> {
  const addon = new FakeAddon(loadAddon().describe('route'));
  const protocol = new Protocol('route', addon.describe());
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const line = new Line(await opening, bindTo(protocol));
  const asked: string[] = [];
  const submit = addon.submit.bind(addon);
  addon.submit = (handle, requests) => {
    submit(handle, requests);
    for (const request of addon.batches.at(-1) ?? []) {
      const name = addon.describe().operations[request.operation]?.name ?? '';
      asked.push(name);
      const count = asked.filter((each) => each === name).length;
      const answer = answers[name]?.(count, request) ?? {};
      setImmediate(() => addon.answer([request.id, answer]));
    }
  };
  return { line, asked };
}
