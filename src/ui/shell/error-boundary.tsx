// An error of a view never blanks the page: it says what happened and how to go on.

import { Component, type ReactNode } from 'react';
import { Failed } from '../clusters/pages.tsx';

interface Caught {
  readonly reason: string | null;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, Caught> {
  override readonly state: Caught = { reason: null };

  static getDerivedStateFromError(error: unknown): Caught {
    return { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }

  override render(): ReactNode {
    return this.state.reason === null ? this.props.children : <Failed reason={this.state.reason} />;
  }
}
