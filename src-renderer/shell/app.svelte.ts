import { ContainersKnown } from './containers-known.svelte.ts';
import { getContext, setContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import { type Machine } from '#shared/model/machine.ts';
import { wordsFor, type Words } from '#shared/words/index.ts';
import { AlertPages } from '../events/alerts.svelte.ts';
import { CgroupLimits } from '../change/cgroup-limits.svelte.ts';
import { Changes } from '../change/changes.svelte.ts';
import { Groups } from '../groups/groups.svelte.ts';
import { Keeping } from '../change/keeping.svelte.ts';
import { Undoing } from '../change/undoing.svelte.ts';
import { Checkup } from '../doctor/checkup.svelte.ts';
import { createConnect, type Connect } from './connection/connect.ts';
import { Connection } from './connection/connection.svelte.ts';
import { JournalPages } from '../events/journal.svelte.ts';
import { Navigation } from './navigation.svelte.ts';
import { OwnStandings } from '../doctor/own.svelte.ts';
import { Recent } from './header/recent.svelte.ts';
import { ProtectionList } from '../events/protections.svelte.ts';
import { PageSettings } from '../settings/settings.svelte.ts';
import { ScopeSearch } from '../next/scopes/scope-search.svelte.ts';
import { Shortcuts } from './shortcuts.svelte.ts';
import { Timeline } from '../next/timeline/timeline.svelte.ts';
import { TuningSettings } from '../tuning/tuning.svelte.ts';
import { WslState } from '../doctor/wsl.svelte.ts';
import { Watching } from '../next/watching.svelte.ts';

/** All that the page knows, put together. */
export class App {
  readonly words: Words = wordsFor(navigator.language);
  readonly navigation = new Navigation();
  readonly timeline = new Timeline();
  readonly recent = new Recent();
  readonly checkup = new Checkup();
  readonly changes = new Changes();
  readonly undoing = new Undoing(this.changes);
  readonly keeping = new Keeping(this.changes);
  readonly protections = new ProtectionList();
  readonly tuning = new TuningSettings();
  readonly cgroups = new CgroupLimits();
  readonly journal = new JournalPages();
  readonly alerts = new AlertPages();
  readonly settings = new PageSettings();
  readonly own = new OwnStandings();
  readonly wsl = new WslState();
  readonly containers = new ContainersKnown();
  readonly scopeSearch = new ScopeSearch();
  readonly groups = new Groups();
  readonly watching = new Watching((frame) => {
    this.timeline.add(frame);
    this.recent.add(frame);
  });
  readonly connection: Connection;
  machine = $state.raw<Machine>();
  readonly #narrow = new MediaQuery('max-width: 719px');
  readonly #wide = new MediaQuery('min-width: 1200px');
  readonly shortcuts = new Shortcuts();

  constructor(connect: Connect = createConnect()) {
    this.connection = new Connection(connect, (client) => {
      void client.request('watch.machine', {}).then((result) => {
        if (result.ok) this.machine = result.value;
      });
      client.on('watch.machine', (machine) => {
        this.machine = machine;
      });
      this.containers.attach(client);
      // First what the other side remembers: a frame added before would leave a gap behind it.
      void this.timeline.load(client);
      this.watching.attach(client);
      this.checkup.attach(client);
      this.changes.attach(client);
      this.undoing.attach(client);
      this.keeping.attach(client);
      this.protections.attach(client);
      this.tuning.attach(client);
      this.cgroups.attach(client);
      this.journal.attach(client);
      this.alerts.attach(client);
      this.settings.attach(client);
      this.own.attach(client);
      this.wsl.attach(client);
      this.scopeSearch.attach(client);
      this.groups.attach(client);
    });
  }

  /** Pages are of this size; known before the first frame, since the machine is asked for first. */
  get pageSizeBytes(): number {
    return this.machine?.pageSizeBytes ?? 4096;
  }

  /** Badness is measured against memory and swap, where there is swap. */
  get hasSwap(): boolean {
    return this.watching.frame?.memory.swap !== undefined;
  }

  /** The detail stands beside the list all the time; else it comes over it when a process is picked. */
  get detailBeside(): boolean {
    return this.#wide.current;
  }

  /** One column: a phone, or a window beside another. */
  get narrow(): boolean {
    return this.#narrow.current;
  }

  /** The detail lies over everything else, which then is out of reach. */
  get sheetOpen(): boolean {
    if (this.detailBeside) return false;
    if (this.navigation.view === 'groups') return this.groups.chosen !== undefined;
    return this.navigation.view === 'next' && this.watching.picked !== undefined;
  }

  /** This browser is not known here, and there is nothing to show. */
  get unknown(): boolean {
    return this.connection.line === 'refused' && this.watching.frame === undefined;
  }

  /** What is shown is from before the line was lost. */
  get stale(): boolean {
    return (
      this.connection.line === 'lost' ||
      (this.connection.line === 'refused' && this.watching.frame !== undefined)
    );
  }
}

const KEY = Symbol('app');

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

/** The app that a component belongs to. */
export function useApp(): App {
  return getContext<App>(KEY);
}
