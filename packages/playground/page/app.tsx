import { Ladder } from './ladder/view.js';
import { Side } from './side.js';
import { customers, operators } from './places.js';

/** The whole page: who asks on the left, who answers on the right, and between them what they do not see. */
export function App() {
  return (
    <>
      <header class="masthead">
        <h1>
          Dragoman <span>playground</span>
        </h1>
        <p>Write as a customer on the left, answer as an operator on the right. Neither knows what the other speaks.</p>
      </header>
      <main>
        <Side side="customer" title="Customer" places={customers} />
        <Ladder />
        <Side side="desk" title="Operator" places={operators} />
      </main>
    </>
  );
}
