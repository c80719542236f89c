import { describe, expect, it } from 'vitest';
import { leaveAppImage } from '../../../../src-main/desktop/environment.ts';

function left(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  leaveAppImage(env);
  return env;
}

describe('leaveAppImage', () => {
  it('takes out the folders of the mount, and what is empty then', () => {
    expect(
      left({
        APPDIR: '/tmp/.mount_LifeboX1',
        PATH: '/tmp/.mount_LifeboX1:/tmp/.mount_LifeboX1/usr/sbin:/usr/bin:/bin',
        LD_LIBRARY_PATH: '/tmp/.mount_LifeboX1/usr/lib:',
        XDG_DATA_DIRS: './share/:/tmp/.mount_LifeboX1/usr/share:/usr/share',
        GSETTINGS_SCHEMA_DIR: '/tmp/.mount_LifeboX1/usr/share/glib-2.0/schemas',
        HOME: '/tmp/.mount_LifeboX1',
      }),
    ).toEqual({
      APPDIR: '/tmp/.mount_LifeboX1',
      PATH: '/usr/bin:/bin',
      XDG_DATA_DIRS: './share/:/usr/share',
      HOME: '/tmp/.mount_LifeboX1',
    });
  });

  it('keeps what the user had there, also where it begins like the mount', () => {
    expect(left({ APPDIR: '/tmp/.mount_A', LD_LIBRARY_PATH: '/tmp/.mount_AB/lib:/opt/cuda' })).toMatchObject({
      LD_LIBRARY_PATH: '/tmp/.mount_AB/lib:/opt/cuda',
    });
  });

  it.for([undefined, '', 'relative'])('changes nothing where it is no AppImage (%s)', (mount) => {
    const env = { ...(mount === undefined ? {} : { APPDIR: mount }), LD_LIBRARY_PATH: 'relative/lib::' };
    expect(left({ ...env })).toEqual(env);
  });
});
