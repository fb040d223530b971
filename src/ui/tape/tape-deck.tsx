// The deck at the bottom of the screen: transport above, the tape below.

import { typeScale, useSize } from '../chart/use-size.ts';
import { TapeView } from './tape-view.tsx';
import { Clock, Transport } from './transport.tsx';
import './tape.css';

export function TapeDeck({ phone }: { phone: boolean }) {
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <section className="deck" aria-label="Time">
      <div className="deck-head">
        <Transport short={phone} />
        <Clock short={phone} />
      </div>
      <div className="deck-tape" ref={ref}>
        {size !== null && (
          <TapeView
            width={size.width / typeScale()}
            height={size.height / typeScale()}
            labelled={!phone}
          />
        )}
      </div>
    </section>
  );
}
