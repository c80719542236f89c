import { unsupported } from '../emitter.ts';

const TYPES = new Set(['normal', 'separator', 'submenu', 'checkbox', 'radio']);
/** What the roles do that a test presses; the others are inert, since the menu is not shown. */
const ROLE_ACTIONS = new Map<string, () => void>();

/** For the program: what an item with this role does. */
export function onRole(role: string, action: () => void): void {
  ROLE_ACTIONS.set(role.toLowerCase(), action);
}

/** Electron's `MenuItem`. */
export class DoubleMenuItem implements Pick<
  Electron.MenuItem,
  | 'id'
  | 'label'
  | 'sublabel'
  | 'toolTip'
  | 'type'
  | 'role'
  | 'enabled'
  | 'visible'
  | 'checked'
  | 'icon'
  | 'accelerator'
  | 'submenu'
  | 'click'
> {
  readonly id: string;
  label: string;
  sublabel: string;
  toolTip: string;
  readonly type: Electron.MenuItem['type'];
  readonly role: Exclude<Electron.MenuItem['role'], undefined>;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  icon: Exclude<Electron.MenuItem['icon'], undefined>;
  readonly accelerator: Electron.Accelerator | null;
  readonly submenu: Exclude<Electron.MenuItem['submenu'], undefined>;
  readonly click: (...args: unknown[]) => void;

  constructor(options: Electron.MenuItemConstructorOptions) {
    const { submenu, click, role } = options;
    this.type = options.type ?? (submenu === undefined ? 'normal' : 'submenu');
    if (!TYPES.has(this.type)) throw unsupported(`a menu item of type "${this.type}"`);
    this.id = options.id ?? '';
    this.label = options.label ?? '';
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
    this.role = role as Exclude<Electron.MenuItem['role'], undefined>;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.icon = options.icon ?? '';
    this.accelerator = options.accelerator ?? null;
    const nested = Array.isArray(submenu) ? DoubleMenu.buildFromTemplate(submenu) : submenu;
    this.submenu = nested as Exclude<Electron.MenuItem['submenu'], undefined>;
    this.click = () => {
      if (!this.enabled) return;
      if (this.type === 'checkbox') this.checked = !this.checked;
      const item = this as unknown as Electron.MenuItem;
      if (click !== undefined) click(item, undefined, {});
      else if (role !== undefined) ROLE_ACTIONS.get(role.toLowerCase())?.();
    };
  }
}

/** Electron's `Menu`. */
export class DoubleMenu implements Pick<Electron.Menu, 'items' | 'append' | 'getMenuItemById'> {
  static #applicationMenu: Electron.Menu | null = null;
  items: Electron.MenuItem[] = [];

  static buildFromTemplate(
    template: (Electron.MenuItemConstructorOptions | Electron.MenuItem)[],
  ): Electron.Menu {
    const menu = new DoubleMenu();
    for (const entry of template) {
      const item =
        entry instanceof DoubleMenuItem
          ? entry
          : new DoubleMenuItem(entry as Electron.MenuItemConstructorOptions);
      menu.append(item as unknown as Electron.MenuItem);
    }
    return menu as unknown as Electron.Menu;
  }

  static setApplicationMenu(menu: Electron.Menu | null): void {
    DoubleMenu.#applicationMenu = menu;
  }

  static getApplicationMenu(): Electron.Menu | null {
    return DoubleMenu.#applicationMenu;
  }

  append(item: Electron.MenuItem): void {
    this.items.push(item);
  }

  getMenuItemById(id: string): Electron.MenuItem | null {
    return this.items.find((item) => item.id === id) ?? null;
  }
}
