import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE } from '#shared/contract/bridge.ts';
import { createBridge } from '../transport/electron-preload.ts';

contextBridge.exposeInMainWorld(
  BRIDGE,
  createBridge(ipcRenderer, () => crypto.randomUUID()),
);
