import * as act from './en/act.ts';
import * as alerts from './en/alerts.ts';
import * as cgroup from './en/cgroup.ts';
import { cgroupName, cgroupWithPath, subjectName } from './en/cgroup-name.ts';
import * as changes from './en/changes.ts';
import { doctor } from './en/doctor.ts';
import { ahead } from './en/memory/ahead.ts';
import { forecast } from './en/memory/forecast.ts';
import { groupDetailWords } from './en/groups/detail.ts';
import { groupRows } from './en/groups/rows.ts';
import { groupsTerminal } from './en/groups/terminal.ts';
import { owners } from './en/memory/owners.ts';
import { home } from './en/memory/home.ts';
import { groupsView } from './en/groups/view.ts';
import { headroom } from './en/memory/headroom.ts';
import { killers } from './en/memory/killers.ts';
import { own } from './en/own.ts';
import { failure } from './en/failure.ts';
import { withinLine, youLoseLine } from './en/names.ts';
import * as page from './en/page.ts';
import * as ruleChanges from './en/rules/changes.ts';
import * as undo from './en/undo.ts';
import * as process from './en/process.ts';
import { settingsView } from './en/settings.ts';
import * as sysctl from './en/sysctl/sysctl.ts';
import { terminal } from './en/terminal.ts';
import { tray } from './en/tray.ts';
import { troubleSentence } from './en/trouble.ts';
import { doctorWsl } from './en/wsl/doctor-wsl.ts';
import { wslHome } from './en/wsl/home.ts';
import { wslNote } from './en/wsl/notes.ts';
import { wslView } from './en/wsl/view.ts';
import { wslFinding } from './en/wsl/findings.ts';
import { desktopWindow } from './en/window.ts';

/** English: every word that Lifeboat says about processes and machines, in the terminal and on the page. */
export const en = {
  language: 'en',
  ...process,
  withinLine,
  youLoseLine,
  ...page,
  ...act,
  cgroup,
  cgroupName,
  cgroupWithPath,
  subjectName,
  ahead,
  forecast,
  groupRows,
  groupsTerminal,
  groupsView,
  groupDetailWords,
  headroom,
  home,
  owners,
  killers,
  changes,
  ruleChanges,
  undo,
  failure,
  alerts,
  settingsView,
  own,
  terminal,
  tray,
  troubleSentence,
  desktopWindow,
  sysctl,
  doctor,
  doctorWsl,
  wslFinding,
  wslHome,
  wslNote,
  wslView,
};
