/** What is lost with a process: one sentence each in the words of the language. */
export type LossKind =
  | 'group'
  | 'desktop'
  | 'desktop-frame'
  | 'x11-programs'
  | 'unit-all'
  | 'unit-pages'
  | 'terminal-tab'
  | 'login'
  | 'service'
  | 'container'
  | 'container-part'
  | 'page'
  | 'extension'
  | 'graphics'
  | 'helper'
  | 'network'
  | 'starter'
  | 'all-windows'
  | 'editor-extensions'
  | 'editor-terminals'
  | 'editor-page'
  | 'editor'
  | 'firefox-page'
  | 'firefox-extensions'
  | 'firefox-helper'
  | 'firefox'
  | 'webkit-page'
  | 'build-daemon'
  | 'language-server'
  | 'game'
  | 'windows-program'
  | 'all-windows-programs'
  | 'steam'
  | 'database-worker'
  | 'web-worker'
  | 'vm'
  | 'shell'
  | 'terminal'
  | 'multiplexer'
  | 'ssh'
  | 'build-step'
  | 'build'
  | 'script-worker'
  | 'notebook'
  | 'shim'
  | 'docker-daemon'
  | 'containerd'
  | 'application'
  | 'program';

/** What is lost, as facts. */
export interface Loss {
  readonly kind: LossKind;
  /** The application, service, container, group, script or machine that the sentence names. */
  readonly name: string;
  /** The container that it happens in, where that is not what is lost. */
  readonly inContainer?: string;
  /** Whether what is lost is started again: true, false, or unknown. */
  readonly startsAgain?: boolean;
  /** systemd could not be asked for its policy. */
  readonly isPresumed?: boolean;
}
