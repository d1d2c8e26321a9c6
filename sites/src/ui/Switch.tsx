// A setting that is on or off, and changes at once.

interface SwitchProps {
  label: string;
  checked: boolean;
  busy?: boolean;
  onToggle: () => void;
}

export function Switch({ label, checked, busy = false, onToggle }: SwitchProps) {
  return (
    <button type="button" role="switch" class="switch" aria-checked={checked} aria-disabled={busy} onClick={onToggle}>
      {label}
      <i aria-hidden="true" />
    </button>
  );
}
