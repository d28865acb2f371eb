import { spawnSync } from 'node:child_process';

/**
 * Remembers the settings of our terminal: a lab kernel puts it in raw mode and has no occasion to
 * undo that when it goes down.
 * @returns {() => void} puts them back
 */
export function rememberTerminal() {
  const saved = stty('-g');
  return () => stty(saved);
}

/** @param {string} setting */
function stty(setting) {
  const { stdout } = spawnSync('stty', [setting], {
    stdio: ['inherit', 'pipe', 'ignore'], // it frets over line speeds, which a pseudo terminal has not
    encoding: 'utf8',
  });
  return stdout.trim();
}
