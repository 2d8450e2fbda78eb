/** Repetitions wait a random time between nothing and some seconds; in the tests it is nothing. */
import { vi } from 'vitest';

vi.spyOn(Math, 'random').mockReturnValue(0);
