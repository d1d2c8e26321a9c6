// A choice of one among a few. An option may have a hint; options without hints share a row.

interface Option<Value> {
  value: Value;
  label: string;
  hint?: string;
}

interface RadioGroupProps<Value> {
  name: string;
  legend: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}

export function RadioGroup<Value extends string>({ name, legend, options, value, onChange }: RadioGroupProps<Value>) {
  const radios = options.map((option) => (
    <label key={option.value} class={option.hint ? "radio with-hint" : "radio"}>
      <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
      {option.hint ? (
        <span>
          {option.label}
          <span class="hint">{option.hint}</span>
        </span>
      ) : (
        option.label
      )}
    </label>
  ));
  return (
    <fieldset class="page-section radio-group">
      <legend>{legend}</legend>
      {options.some(({ hint }) => hint) ? radios : <div class="radio-row">{radios}</div>}
    </fieldset>
  );
}
