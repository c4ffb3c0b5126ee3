import { Ladder } from './ladder/view.js';
import { Side } from './side.js';
import { customers, operators } from './places.js';

/** The whole page: who asks, who answers, and what neither of them sees. */
export function App() {
  return (
    <>
      <header class="masthead">
        <h1>
          Dragoman <span>playground</span>
        </h1>
        <p>Write as a customer, answer as an operator. Neither knows what the other speaks.</p>
      </header>
      <main>
        <Side side="customer" title="Customer" places={customers} />
        <Side side="desk" title="Operator" places={operators} />
        <Ladder />
      </main>
    </>
  );
}
