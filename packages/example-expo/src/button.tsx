import type { ReactElement } from 'react'
import { Pressable, StyleSheet, Text } from 'react-native'

export function Button({
  label,
  onPress,
  disabled = false,
}: {
  readonly label: string
  readonly onPress: () => void
  readonly disabled?: boolean
}): ReactElement {
  return (
    <Pressable
      accessibilityRole="button"
      disabled={disabled}
      onPress={onPress}
      style={[styles.button, disabled && styles.disabled]}
    >
      <Text style={styles.label}>{label}</Text>
    </Pressable>
  )
}

const styles = StyleSheet.create({
  button: {
    backgroundColor: '#0b57d0',
    borderRadius: 6,
    paddingHorizontal: 12,
    paddingVertical: 8,
  },
  disabled: { opacity: 0.4 },
  label: { color: '#ffffff' },
})
