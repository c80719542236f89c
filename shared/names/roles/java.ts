import { basename, clean } from '../clean.ts';
import { type LossKind } from '../loss-kind.ts';
import { optionValue, type Role, type RoleQuestion } from './role.ts';

/** Options of the `java` command whose value is the next argument (java(1)). */
const WITH_VALUE =
  /^(?:-cp|-classpath|--class-path|-p|--module-path|--upgrade-module-path|--add-modules|--add-opens|--add-exports|--add-reads|--patch-module|--limit-modules|-d|--describe-module|--source|--enable-native-access)$/;
const VERSION = /^[0-9][0-9.]{0,11}$/;

/** What a `java` command line starts: a jar, or a class, with the arguments behind it. Undefined where it is in a file (`@file`) or missing. */
function javaMain(
  words: readonly string[],
): { readonly jar?: string; readonly mainClass?: string; readonly rest: readonly string[] } | undefined {
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word.startsWith('@')) return undefined;
    if (word === '-jar') return jarOf(words, at);
    if (word === '-m' || word === '--module') {
      const mainClass = (words[at + 1] ?? '').split('/').at(-1) ?? '';
      return mainClass === '' ? undefined : { mainClass, rest: words.slice(at + 2) };
    }
    if (WITH_VALUE.test(word)) at++;
    else if (!word.startsWith('-')) return { mainClass: word, rest: words.slice(at + 1) };
  }
  return undefined;
}

function jarOf(words: readonly string[], at: number): { jar: string; rest: readonly string[] } | undefined {
  const jar = basename(words[at + 1] ?? '');
  return jar === '' ? undefined : { jar, rest: words.slice(at + 2) };
}

/** A main class, the end of one, or a jar, and what people call it. */
const KNOWN: readonly (readonly [RegExp, name: string, kind: string, loss: LossKind | undefined])[] = [
  [
    /^worker\.org\.gradle\.process\.internal\.worker\.GradleWorkerMain$/,
    'Gradle tests',
    'worker',
    'build-step',
  ],
  [
    /^org\.gradle\.(?:wrapper\.GradleWrapperMain|launcher\.GradleMain)$|^gradle-wrapper\.jar$/,
    'Gradle',
    'build',
    'build',
  ],
  [/^org\.jetbrains\.kotlin\.daemon\.KotlinCompileDaemon$/, 'Kotlin daemon', 'daemon', 'build-daemon'],
  [/^org\.codehaus\.plexus\.classworlds\.launcher\.Launcher$/, 'Maven', 'build', 'build'],
  [/^org\.apache\.maven\.surefire\.|^surefirebooter/, 'Maven tests', 'worker', 'build-step'],
  [/^kafka\.Kafka$/, 'Kafka', 'server', undefined],
  [
    /^org\.elasticsearch\.bootstrap\.Elasticsearch$|^org\.elasticsearch\.server(?:\.|$)|^org\.elasticsearch\.launcher\.CliToolLauncher$/,
    'Elasticsearch',
    'server',
    undefined,
  ],
  [/^org\.opensearch\./, 'OpenSearch', 'server', undefined],
  [/(?:^|\.)QuorumPeerMain$/, 'ZooKeeper', 'server', undefined],
  [/(?:^|\.)CassandraDaemon$/, 'Cassandra', 'server', undefined],
  [/^org\.apache\.catalina\.startup\.Bootstrap$/, 'Tomcat', 'server', undefined],
  [/^jenkins\.war$/, 'Jenkins', 'server', undefined],
  [/(?:^|\.)SparkSubmit$/, 'Spark', 'server', undefined],
  [
    /^net\.minecraft\.client\.main\.Main$|(?:^|\.)KnotClient$|^org\.prismlauncher\.EntryPoint$/,
    'Minecraft',
    'game',
    'game',
  ],
  [/^com\.sonarsource\.|^org\.sonarsource\.|^sonarlint/, 'SonarLint', 'language server', 'language-server'],
  [/^org\.bsplines\.ltexls\.|^ltex-ls/, 'LTeX', 'language server', 'language-server'],
];

/** IDEs of JetBrains by `-Didea.paths.selector=` (NAME and version): what they are called where no desktop file says so. */
const IDES: Readonly<Record<string, string>> = {
  IntelliJIdea: 'IntelliJ IDEA',
  IdeaIC: 'IntelliJ IDEA Community',
  PyCharm: 'PyCharm',
  PyCharmCE: 'PyCharm Community',
  WebStorm: 'WebStorm',
  GoLand: 'GoLand',
  CLion: 'CLion',
  Rider: 'Rider',
  PhpStorm: 'PhpStorm',
  RubyMine: 'RubyMine',
  DataGrip: 'DataGrip',
  RustRover: 'RustRover',
  AndroidStudio: 'Android Studio',
};

/** Programs of the Java virtual machine, by their main class. */
export function javaRole({ program, words, title, isSure }: RoleQuestion): Role | undefined {
  if (!isSure) return undefined;
  if (
    /^(?:idea|pycharm|webstorm|goland|clion|rider|phpstorm|rubymine|datagrip|rustrover|studio)(?:64)?$/.test(
      program,
    )
  )
    return { kind: 'main', loss: 'application' };
  if (program !== 'java') return undefined;
  if (/^bazel\(/.test(title)) return { kind: 'daemon', name: 'Bazel server', loss: 'build-daemon' };
  const main = javaMain(words);
  if (main === undefined) return { kind: 'program', name: 'Java' };
  const { jar, mainClass, rest } = main;
  const started = mainClass ?? jar ?? '';
  if (started === 'com.intellij.idea.Main') return ide(words);
  if (/^org\.eclipse\.equinox\.launcher/.test(started)) return equinox(words);
  if (started === 'org.gradle.launcher.daemon.bootstrap.GradleDaemon') {
    const version = VERSION.test(rest[0] ?? '') ? ` ${rest[0] ?? ''}` : '';
    return { kind: 'daemon', name: `Gradle daemon${version}`, loss: 'build-daemon' };
  }
  if (
    /^(?:server|paper[\w.-]*|spigot[\w.-]*|purpur[\w.-]*)\.jar$/.test(started) &&
    rest.some((word) => /^-{0,2}nogui$/.test(word))
  )
    return { kind: 'server', name: 'Minecraft server' };
  for (const [shape, name, kind, loss] of KNOWN)
    if (shape.test(started)) return { kind, name, ...(loss === undefined ? {} : { loss }) };
  // `java Main.java` compiles and runs it.
  const last = started.endsWith('.java') ? basename(started) : started.slice(started.lastIndexOf('.') + 1);
  const name = clean(jar ?? last);
  return name === ''
    ? { kind: 'program', name: 'Java' }
    : { kind: 'program', name, text: 'Java', inApp: name };
}

function ide(words: readonly string[]): Role {
  const selector =
    optionValue(words, '-Didea.paths.selector') ?? optionValue(words, '-Didea.platform.prefix') ?? '';
  const name = IDES[selector.replace(/[0-9.]+$/, '')];
  return { kind: 'main', name: name ?? 'IntelliJ platform', loss: 'application' };
}

/** Eclipse itself, or the language server that editors start. */
function equinox(words: readonly string[]): Role {
  const isServer = words.some((word) => /jdt[._]ls|-Declipse\.application=org\.eclipse\.jdt\.ls/.test(word));
  return isServer
    ? {
        kind: 'language server',
        text: 'Java language server',
        name: 'Java language server',
        inApp: 'Java language server',
        loss: 'language-server',
      }
    : { kind: 'main', name: 'Eclipse', loss: 'application' };
}
