/** The parts of an error's sentence; see {@link composeMessage}. */
export interface MessageParts {
  /** What was being done, in words: `'add service'`. */
  readonly operation: string;
  /** To what: `'tcp://10.0.0.1:80'`. */
  readonly object?: string | undefined;
  /** An errno's name. */
  readonly code?: string | undefined;
  /** Why it was refused. */
  readonly cause?: string | undefined;
  /** The kernel's own words, where it had some. */
  readonly kernelMessage?: string | undefined;
  /** What to do about it. */
  readonly cure?: string | undefined;
}

/** `add service tcp://10.0.0.1:80: EEXIST: the service exists already; use updateService …` */
export function composeMessage(parts: MessageParts): string {
  const subject =
    parts.object === undefined ? parts.operation : `${parts.operation} ${parts.object}`;
  const reasons = [parts.cause, parts.kernelMessage && `the kernel says: ${parts.kernelMessage}`];
  const reason = reasons.filter(Boolean).join('; ');
  const sentence = [subject, parts.code, reason].filter(Boolean).join(': ');
  return parts.cure === undefined ? sentence : `${sentence}; ${parts.cure}`;
}
