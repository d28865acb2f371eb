import type { Printer } from './printer.js';

const longestToken = 127;

const methods = new Set(
  (
    'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH ' +
    'UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST ' +
    'SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE ' +
    'RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL'
  ).split(' '),
);

/** Prints the first line of an HTTP request or response, if it begins there. */
export function printHttp(to: Printer, at: number, length: number): void {
  to.protocol = 'http';
  to.print('HTTP');
  const captured = to.packet.bytes(at, Math.max(0, Math.min(length, to.packet.end - at)));
  const text = Buffer.from(captured).toString('latin1');
  const complete = captured.length === length;
  const first = word(text, complete);
  if (first === undefined) return;
  const second = word(text.slice(first.length).trimStart(), complete) ?? '';
  if (!methods.has(first.toUpperCase()) && !/^\d{3}$/.test(second)) return;
  const line = /^[\t\x20-\x7e]*/.exec(text)?.[0] ?? '';
  const rest = text.slice(line.length);
  if (rest.startsWith('\n') || rest.startsWith('\r\n')) {
    to.print(`: ${line}`);
  } else if (line.length === length) {
    to.print(`: ${line}`);
    to.truncated();
  } else if (line.length === captured.length || (rest === '\r' && !complete)) {
    to.truncated();
  }
}

/** The word that the text begins with, if its end can be seen. */
function word(text: string, complete: boolean): string | undefined {
  const [found = ''] = /^[!-~]*/.exec(text) ?? [];
  const next = text[found.length];
  const ended = next === undefined ? complete : ' \t\r\n'.includes(next);
  return ended && found !== '' && found.length <= longestToken ? found : undefined;
}
