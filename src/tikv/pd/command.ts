// What a person asks of PD itself, as pd-ctl does. Plain data: it is recorded as it is.
// (PD: server/api, pkg/schedule/handler/handler.go)

import type { Bytes } from '../../base/bytes.ts';
import type { Micros, RegionId, StoreId } from '../ids.ts';
import type { StoreLabel } from './message.ts';

export type PdCommand =
  | {
      readonly type: 'transfer-leader' | 'add-peer' | 'add-learner' | 'remove-peer';
      readonly region: RegionId;
      readonly store: StoreId;
    }
  | {
      readonly type: 'transfer-peer';
      readonly region: RegionId;
      readonly from: StoreId;
      readonly to: StoreId;
    }
  /** Null: the Region that holds the first of the keys. Keys are the user's; without any, the store chooses. */
  | {
      readonly type: 'split-region';
      readonly region: RegionId | null;
      readonly policy: 'approximate' | 'scan' | 'usekey';
      readonly keys: readonly Bytes[];
      /** Which of the two key spaces the keys are of. */
      readonly space: 'raw' | 'txn';
    }
  | { readonly type: 'scatter-region'; readonly region: RegionId }
  | { readonly type: 'remove-operator'; readonly region: RegionId }
  /** `store` is for evict-leader-scheduler. */
  | {
      readonly type: 'add-scheduler' | 'remove-scheduler';
      readonly name: string;
      readonly store: StoreId | null;
    }
  | { readonly type: 'pause-scheduler'; readonly name: string; readonly duration: Micros }
  | { readonly type: 'resume-scheduler'; readonly name: string }
  | { readonly type: 'delete-store' | 'cancel-delete-store'; readonly store: StoreId }
  | {
      readonly type: 'label-store';
      readonly store: StoreId;
      readonly labels: readonly StoreLabel[];
    }
  /** From the widest place to the narrowest; none: labels do not matter. */
  | { readonly type: 'location-labels'; readonly labels: readonly string[] };
